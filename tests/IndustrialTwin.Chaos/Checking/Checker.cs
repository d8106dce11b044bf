using System.Globalization;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using Npgsql;

namespace IndustrialTwin.Chaos;

/// <summary>
/// Compares what was acknowledged with what is stored: nothing acknowledged is lost, every effect is there exactly once, no stale writer
/// was accepted, and the registers are linearizable.
/// </summary>
internal static class Checker
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until all that was sent is stored and analysed. Answers how long, or null where it did not come to that.</summary>
    public static async Task<TimeSpan?> ConvergedAsync(ChaosCluster cluster, Load load, TimeSpan limit)
    {
        var started = Clock.Now;
        if (await load.DrainAsync(limit) is null)
        {
            return null;
        }

        var expected = load.Senders.Sum(sender => (long)sender.Sendings.Count);
        var stored = await Clock.UntilAsync(
            async () =>
            {
                await using var connection = await cluster.OpenAsync();
                return (await StoredAsync(connection, load.Site)).Values.Sum(sequences => sequences.LongCount(sequence => sequence >= 0)) >= expected;
            },
            limit);
        var analysed = stored is null ? null : await Clock.UntilAsync(
            async () =>
            {
                var snapshots = await Task.WhenAll(load.Senders.Select(sender => load.Client.GetGrain<IMachineGrain>(sender.Machine.Value).GetSnapshot()));
                return Array.TrueForAll(snapshots, snapshot => snapshot.LogPosition == snapshot.AnalysedPosition);
            },
            limit);
        return analysed is null || Clock.Now - started > limit ? null : Clock.Now - started;
    }

    /// <summary>Checks all of a load's history.</summary>
    public static async Task<List<Finding>> CheckAsync(ChaosCluster cluster, Load load)
    {
        await using var connection = await cluster.OpenAsync();
        var stored = await StoredAsync(connection, load.Site);
        var (lost, acknowledged, twice, unsent) = (0L, 0L, 0L, 0L);
        foreach (var sender in load.Senders)
        {
            var sequences = stored.GetValueOrDefault(sender.Machine.Value, []);
            var there = sequences.ToHashSet();
            var acknowledgedHere = sender.Snapshot().Where(sending => sending.Acknowledged is not null).ToList();
            acknowledged += acknowledgedHere.Count;
            lost += acknowledgedHere.Count(sending => !there.Contains(sending.Sequence));
            twice += sequences.Count - there.Count;
            unsent += there.Count(sequence => sequence >= sender.Sendings.Count);
        }

        List<Finding> findings =
        [
            new($"{acknowledged:n0} acknowledged, lost {lost}", lost == 0 && acknowledged > 0),
            new($"entries twice {twice}, never sent {unsent}", twice == 0 && unsent == 0),
            await EffectsAsync(cluster, load),
            await WritersAsync(connection, load.Site),
            Commands(load),
        ];
        if (load.Register.Histories.Count > 0)
        {
            findings.Add(Registers(load.Register));
        }

        return findings;
    }

    /// <summary>The sequences of a site's stored batches, by machine.</summary>
    public static async Task<Dictionary<string, List<long>>> StoredAsync(NpgsqlConnection connection, string site)
    {
        await using var command = new NpgsqlCommand(
            "SELECT m.key, e.sequence FROM entry e JOIN machine m ON m.id = e.machine WHERE m.key LIKE $1 AND e.kind = 0", connection);
        command.Parameters.Add(new() { Value = $"{site}/%" });
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new Dictionary<string, List<long>>();
        while (await reader.ReadAsync())
        {
            if (!stored.TryGetValue(reader.GetString(0), out var sequences))
            {
                stored.Add(reader.GetString(0), sequences = []);
            }

            sequences.Add(reader.GetInt64(1));
        }

        return stored;
    }

    /// <summary>What followed from the batches: each row stored once, each full window computed once and rightly, each batch counted once.</summary>
    private static async Task<Finding> EffectsAsync(ChaosCluster cluster, Load load)
    {
        var (rowsWrong, windowsWrong, countsWrong, windows, which) = (0, 0, 0, 0L, string.Empty);
        var log = await SampleLogHosting.OpenAsync(new SampleLogOptions { Engine = SampleLogEngine.Postgres, ConnectionString = cluster.ConnectionString });
        await using (log as IAsyncDisposable)
        {
            foreach (var sender in load.Senders)
            {
                var rows = sender.Sendings.Count * Plant.RowsPerBatch;
                var values = new List<double>();
                for (var (from, more) = (long.MinValue, true); more;)
                {
                    var series = await log.ReadSamplesAsync(sender.Machine, new SampleQuery(Plant.Channel, from), CancellationToken.None);
                    values.AddRange(series.Values);
                    (from, more) = (series.TimesUs.Length == 0 ? from : series.TimesUs[^1] + 1, series.More);
                }

                rowsWrong += values.SequenceEqual(Enumerable.Range(0, rows).Select(row => (double)row)) ? 0 : 1;
                var maxima = await log.ReadFeatureAsync(sender.Machine, new SampleQuery(Plant.Feature), CancellationToken.None);
                windows += maxima.Values.Length;
                var expected = Enumerable.Range(1, rows / Plant.WindowRows).Select(window => (double)(float)((window * Plant.WindowRows) - 1)).ToArray();
                if (!maxima.Values.SequenceEqual(expected))
                {
                    windowsWrong++;
                    which = $"; {sender.Machine}: of {expected.Length} windows missing {Texts(expected.Except(maxima.Values))}, too many {Texts(maxima.Values.Except(expected))}";
                }

                var snapshot = await SnapshotAsync(load, sender.Machine);
                countsWrong += snapshot.Counts.BatchesAccepted == sender.Sendings.Count && snapshot.Counts.SamplesAccepted == rows && snapshot.Counts.SequenceGaps == 0 ? 0 : 1;
            }
        }

        return new Finding(
            $"{windows:n0} windows; of {load.Senders.Count} twins with wrong rows {rowsWrong}, windows {windowsWrong}, counts {countsWrong}{which}",
            rowsWrong + windowsWrong + countsWrong == 0);
    }

    private static string Texts(IEnumerable<double> maxima) => string.Join(' ', maxima.Select(maximum => maximum.ToString(CultureInfo.InvariantCulture)).DefaultIfEmpty("none"));

    private static async Task<MachineSnapshot> SnapshotAsync(Load load, MachineKey machine)
    {
        MachineSnapshot? snapshot = null;
        await Clock.UntilAsync(
            async () =>
            {
                snapshot = await load.Client.GetGrain<IMachineGrain>(machine.Value).GetSnapshot();
                return snapshot.LogPosition == snapshot.AnalysedPosition;
            },
            Patience);
        return snapshot ?? throw new InvalidOperationException($"{machine} does not answer.");
    }

    private static async Task<Finding> WritersAsync(NpgsqlConnection connection, string site)
    {
        var (stale, shared, claims) = (
            await Witness.StaleEntriesAsync(connection, site), await Witness.SharedFencesAsync(connection, site), await Witness.ClaimsAsync(connection, site));
        return new Finding($"{claims:n0} claims; stale writes accepted {stale}, fences with two writers {shared}", stale + shared == 0 && claims > 0);
    }

    /// <summary>A command is sent at most once, and none is carried out after one of a later fence.</summary>
    private static Finding Commands(Load load)
    {
        var (carriedOut, refused, twice, backwards) = (0L, 0L, 0L, 0L);
        foreach (var sender in load.Senders)
        {
            var received = load.Actuator.ReceivedBy(sender.Machine);
            var done = Array.FindAll(received, command => command.IsCarriedOut);
            carriedOut += done.Length;
            refused += received.Length - done.Length;
            twice += received.Length - received.Select(command => (command.Command.Fence, command.Command.Number)).Distinct().Count();
            backwards += done.Zip(done.Skip(1)).Count(pair => pair.Second.Command.Fence < pair.First.Command.Fence);
        }

        return new Finding($"{carriedOut:n0} commands carried out, stale or out of order refused {refused}, sent twice {twice}", twice + backwards == 0 && carriedOut > 0);
    }

    private static Finding Registers(Register register)
    {
        var operations = register.Histories.Values.Sum(history => history.Count);
        var reads = register.Histories.Values.Sum(history => history.Count(operation => !operation.IsWrite));
        var faults = register.Histories
            .Select(history => (history.Key, Fault: Linearizability.Fault(history.Value, initial: 1)))
            .Where(found => found.Fault is not null)
            .Select(found => $"{found.Key}: {Text(found.Fault!)} after {Around(register.Histories[found.Key], found.Fault!)}")
            .ToList();
        return new Finding(
            faults.Count == 0 ? $"{register.Histories.Count} registers linearizable ({operations:n0} operations)" : $"registers not linearizable: {string.Join("; ", faults)}",
            faults.Count == 0 && reads > 0);
    }

    /// <summary>The operations just before one, so that a reader sees what contradicts it.</summary>
    private static string Around(IEnumerable<RegisterOperation> history, RegisterOperation fault) => string.Join(
        ", ", history.OrderBy(operation => operation.Began).TakeWhile(operation => !ReferenceEquals(operation, fault)).TakeLast(6).Select(Text));

    private static string Text(RegisterOperation operation) =>
        $"{(operation.IsWrite ? "write" : "read")} {operation.Value} ({operation.Began.TotalSeconds:0.000}–{operation.Ended?.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) ?? "?"} s)";
}
