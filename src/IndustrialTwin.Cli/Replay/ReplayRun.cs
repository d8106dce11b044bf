using System.Diagnostics;
using IndustrialTwin.Analyses;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Spectre.Console;

namespace IndustrialTwin.Replay;

/// <summary>
/// One replay: declares the plant, sends the recordings, waits until the twins have analysed everything, and reads back what they
/// computed. Nothing is computed here.
/// </summary>
internal sealed class ReplayRun(GridConnection grid, ReplaySender sender, Terminal terminal, TimeSpan patience)
{
    private const int PollMs = 50, CallsAtOnce = 16;

    /// <param name="site">The site that the machines stand on; machines of it that the recordings do not name are retired.</param>
    /// <param name="title">The site's name for people.</param>
    /// <param name="recordings">What to send.</param>
    /// <param name="feature">What to read back.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandFault">The grid or the broker is gone or stands still, or the twins hold other data.</exception>
    public async Task<ReplayOutcome> RunAsync(
        SiteKey site, string title, IReadOnlyList<Recording> recordings, string feature, CancellationToken cancellationToken)
    {
        var declaration = new SiteDeclaration(site, title, [
            .. recordings.GroupBy(recording => recording.Machine.Machine.Line)
                .Select(line => new LineDeclaration(line.Key, line.Key.Name, [.. line.Select(recording => recording.Machine)])),
        ]);
        await grid.CallAsync(grid.Grains.GetGrain<ISiteGrain>(site.Value).Apply(declaration, cancellationToken), $"Site {site}", cancellationToken);
        var before = await SnapshotsAsync(recordings, cancellationToken);
        var began = Stopwatch.GetTimestamp();
        var (sending, after) = await ProgressAsync(async (sent, analysed) =>
        {
            await sender.SendAsync(recordings, sent, cancellationToken);
            var took = Stopwatch.GetElapsedTime(began);
            return (took, await CaughtUpAsync(recordings, before, analysed, cancellationToken));
        }, recordings.Sum(recording => recording.Rows), recordings.Count);
        var analysing = Stopwatch.GetElapsedTime(began);
        Check(recordings, after);
        var series = new FeatureSeries[recordings.Count];
        await EachAsync(recordings.Count, async i => series[i] = await ReadAsync(recordings[i], feature, cancellationToken), cancellationToken);
        var batches = recordings.Sum(recording => (long)recording.Batches);
        return new ReplayOutcome(
            series,
            batches,
            batches - after.Zip(before, (now, then) => now.Counts.BatchesAccepted - then.Counts.BatchesAccepted).Sum(),
            recordings.Sum(recording => (long)recording.Rows),
            recordings.Sum(recording => recording.Samples),
            sending,
            analysing,
            [.. after.Select(snapshot => snapshot.Accelerator).OfType<string>().Distinct().Order()]);
    }

    private IMachineGrain TwinOf(Recording recording) => grid.Grains.GetGrain<IMachineGrain>(recording.Machine.Machine.Value);

    private async Task<MachineSnapshot[]> SnapshotsAsync(IReadOnlyList<Recording> recordings, CancellationToken cancellationToken)
    {
        var snapshots = new MachineSnapshot[recordings.Count];
        await EachAsync(recordings.Count, async i =>
            snapshots[i] = await grid.CallAsync(TwinOf(recordings[i]).GetSnapshot(), recordings[i].Name, cancellationToken), cancellationToken);
        return snapshots;
    }

    /// <summary>
    /// Waits until every twin has all batches and has analysed them. A broker elsewhere acknowledges before the twins have a message,
    /// so what counts is what the twins say.
    /// </summary>
    private async Task<MachineSnapshot[]> CaughtUpAsync(
        IReadOnlyList<Recording> recordings, MachineSnapshot[] before, Action<int> analysed, CancellationToken cancellationToken)
    {
        var (progress, moved) = (0L, Stopwatch.GetTimestamp());
        while (true)
        {
            var now = await SnapshotsAsync(recordings, cancellationToken);
            var waiting = Enumerable.Range(0, now.Length).Where(i => !HasAll(recordings[i], before[i], now[i])).ToList();
            analysed(now.Length - waiting.Count);
            if (waiting.Count == 0)
            {
                return now;
            }

            var total = now.Sum(snapshot => snapshot.AnalysedPosition + snapshot.Counts.BatchesDuplicate + snapshot.Counts.BatchesRejected);
            if (total != progress)
            {
                (progress, moved) = (total, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(moved) > patience)
            {
                var first = recordings[waiting[0]];
                throw new CommandFault(
                    $"{waiting.Count} of {now.Length} twins stand still, the first being {first.Machine.Machine}: "
                    + $"it has {now[waiting[0]].Counts.BatchesAccepted} of {first.Batches} batches and no progress for {patience.TotalSeconds:0.#} s. "
                    + "Look at the silo's log, or allow longer with --timeout.",
                    ExitCode.Unreachable);
            }

            await Task.Delay(PollMs, cancellationToken);
        }
    }

    /// <summary>
    /// Whether the log has all batches, or each that was sent met some fate, and everything is analysed. Both are asked, as a twin
    /// that moves to another silo counts duplicates from zero again.
    /// </summary>
    private static bool HasAll(Recording recording, MachineSnapshot before, MachineSnapshot now)
    {
        var settled = now.Counts.BatchesAccepted - before.Counts.BatchesAccepted
            + now.Counts.BatchesDuplicate - before.Counts.BatchesDuplicate + now.Counts.BatchesRejected - before.Counts.BatchesRejected;
        return Math.Max(settled, now.Counts.BatchesAccepted) >= recording.Batches && now.LogPosition == now.AnalysedPosition;
    }

    /// <summary>What the twins computed stands for the recordings only if they have those samples, all of them, and no others.</summary>
    private static void Check(IReadOnlyList<Recording> recordings, MachineSnapshot[] now)
    {
        for (var i = 0; i < now.Length; i++)
        {
            var (recording, counts) = (recordings[i], now[i].Counts);
            if (counts.SamplesAccepted != recording.Samples || counts.SamplesLate > 0 || counts.SamplesQuarantined > 0)
            {
                throw new CommandFault(
                    $"{recording.Machine.Machine}: the twin has {counts.SamplesAccepted} samples, {counts.SamplesLate} of them late, "
                    + $"and {counts.SamplesQuarantined} in quarantine; expected the {recording.Samples} of {recording.Name} alone. "
                    + "It was sent other data before: give these a site of their own with --site.",
                    ExitCode.Refused);
            }
        }
    }

    private async Task<FeatureSeries> ReadAsync(Recording recording, string feature, CancellationToken cancellationToken)
    {
        var parts = new List<FeatureSeries>();
        var from = long.MinValue;
        do
        {
            parts.Add(await grid.CallAsync(TwinOf(recording).GetFeature(new SampleQuery(feature, from), cancellationToken), recording.Name, cancellationToken));
            from = parts[^1].Count > 0 ? parts[^1].TimesUs[^1] + 1 : from;
        }
        while (parts[^1].More);
        return parts.Count == 1 ? parts[0] : new FeatureSeries(
            [.. parts.SelectMany(part => part.TimesUs)],
            [.. parts.SelectMany(part => part.Values)],
            [.. parts.SelectMany(part => part.Filtered)],
            [.. parts.SelectMany(part => part.Exceeded)],
            More: false);
    }

    private static Task EachAsync(int count, Func<int, Task> body, CancellationToken cancellationToken) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken }, async (i, _) => await body(i));

    private async Task<T> ProgressAsync<T>(Func<Action<int>, Action<int>, Task<T>> body, int rows, int twins)
    {
        if (!terminal.Console.Profile.Capabilities.Interactive)
        {
            return await body(_ => { }, _ => { });
        }

        return await terminal.Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(progress =>
            {
                var acknowledged = progress.AddTask("rows acknowledged", maxValue: rows);
                var analysed = progress.AddTask("twins caught up", maxValue: twins);
                return body(count => acknowledged.Increment(count), count => analysed.Value = count);
            });
    }
}
