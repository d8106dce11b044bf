using CsCheck;
using IndustrialTwin.Machines;
using Xunit;
using static IndustrialTwin.Samples.LogDatabase;

namespace IndustrialTwin.Samples;

/// <summary>What the log promises its writers, on each engine.</summary>
public class SampleLogTests
{
    public static TheoryData<SampleLogEngine> Engines => LogDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task An_entry_is_there_once_however_often_it_is_appended(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        var first = await log.AppendAsync(Entry(fence, 0), default);
        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => log.AppendAsync(Entry(fence, 1), default).AsTask()));
        var again = await log.AppendAsync(Entry(fence, 0, firstUs: 999), default);

        Assert.Equal(AppendOutcome.Committed, first.Outcome);
        Assert.Equal(new AppendReply(AppendOutcome.AlreadyThere, first.Position), again);
        Assert.Single(together, reply => reply.Outcome == AppendOutcome.Committed);
        Assert.All(together, reply => Assert.Equal(together[0].Position, reply.Position));
        Assert.Equal([0L, 1L], (await ReadAsync(log)).Select(entry => entry.Sequence));
        Assert.Equal(new LogTotals(2, 8, 0, 0), await log.ReadTotalsAsync(default));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Sources_epochs_and_machines_count_their_sequences_apart(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var (press, pump) = (await log.ClaimAsync(Press, default), await log.ClaimAsync(Pump, default));
        LogEntry[] entries = [Entry(press, 0), Entry(press, 0, source: "daq"), Entry(press, 0, epoch: 2), Entry(pump, 0, Pump)];
        Assert.All(await Task.WhenAll(entries.Select(entry => log.AppendAsync(entry, default).AsTask())), reply => Assert.Equal(AppendOutcome.Committed, reply.Outcome));
        Assert.Equal(3, (await ReadAsync(log)).Count);
        Assert.Single(await ReadAsync(log, Pump));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_later_claim_shuts_the_earlier_one_out(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var (one, other) = (await database.OpenAsync(), await database.OpenAsync());
        var early = await one.ClaimAsync(Press, default);
        await one.AppendAsync(Entry(early, 0), default);
        var late = await other.ClaimAsync(Press, default);

        Assert.Equal((1, 2), (early, late));
        Assert.Equal(new AppendReply(AppendOutcome.Fenced, 0), await one.AppendAsync(Entry(early, 1), default));
        Assert.False(await one.AppendFeatureAsync(new FeatureBlock(Press, early, "a/b", [1], [1], [1], [false]), default));
        Assert.Equal(AppendOutcome.Committed, (await other.AppendAsync(Entry(late, 1), default)).Outcome);
        Assert.Equal(AppendOutcome.Fenced, (await one.AppendAsync(Entry(late + 1, 2), default)).Outcome);
        Assert.Equal([0L, 1L], (await ReadAsync(other)).Select(entry => entry.Sequence));
        Assert.Equal(2, (await other.ReadTotalsAsync(default)).Batches);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_machine_that_nobody_claimed_takes_nothing(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        Assert.Equal(AppendOutcome.Fenced, (await log.AppendAsync(Entry(0, 0), default)).Outcome);
        Assert.Equal(AppendOutcome.Fenced, (await log.AppendAsync(Entry(1, 0), default)).Outcome);
        Assert.Empty(await ReadAsync(log));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_claim_waits_for_what_an_earlier_owner_is_committing_and_then_sees_it(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        await log.ClaimAsync(Press, default);
        await using var earlier = await database.ConnectAsync();
        await ExecuteAsync(earlier, Begin(engine));
        await ExecuteAsync(earlier, $"{Lock(engine)}{Insert(engine, sequence: 7)}");
        var claim = log.ClaimAsync(Press, default).AsTask();
        await Task.Delay(200);
        Assert.False(claim.IsCompleted);
        await ExecuteAsync(earlier, "COMMIT");
        Assert.Equal(2, await claim);
        Assert.Equal(7, Assert.Single(await ReadAsync(log)).Sequence);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_a_broken_connection_had_not_committed_never_was(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        await using (var broken = await database.ConnectAsync())
        {
            await ExecuteAsync(broken, Begin(engine));
            await ExecuteAsync(broken, $"{Lock(engine)}{Insert(engine, sequence: 7)}");
        }

        Assert.Empty(await ReadAsync(log));
        Assert.Equal(AppendOutcome.Committed, (await log.AppendAsync(Entry(fence, 7), default)).Outcome);
        Assert.Equal(2, await log.ClaimAsync(Press, default));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Entries_come_back_in_the_order_of_their_positions_from_any_position_on(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        var order = Enumerable.Range(0, 600).Select(i => (long)(i * 7 % 600)).ToArray();
        var replies = await Task.WhenAll(order.Select(sequence => log.AppendAsync(Entry(fence, sequence), default).AsTask()));

        // As they were posted, in more reads than one.
        var entries = await ReadAsync(log);
        Assert.Equal(order, entries.Select(entry => entry.Sequence));
        Assert.Equal(replies.Select(reply => reply.Position), entries.Select(entry => entry.Position));
        Assert.Equal(entries.Select(entry => entry.Position).Order(), entries.Select(entry => entry.Position));
        Assert.Equal(order[400..], (await ReadAsync(log, after: entries[399].Position)).Select(entry => entry.Sequence));
        Assert.Empty(await ReadAsync(log, after: entries[^1].Position));
        var (sent, got) = (Entry(fence, order[5]), entries[5]);
        Assert.Equal(sent.Payload.ToArray(), got.Payload);
        Assert.Equal((sent.Kind, sent.Source, sent.Epoch, sent.Samples, 0), (got.Kind, got.Source, got.Epoch, got.Samples, got.SamplesQuarantined));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_waits_while_a_commit_runs_becomes_one_commit(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        await using var store = new CountingStore(database.Options());
        await using var log = store.Open();
        var fence = await log.ClaimAsync(Press, default);
        store.Groups.Clear();
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => log.AppendAsync(Entry(fence, i), default).AsTask()));
        Assert.Equal(2_000, store.Groups.Sum());
        Assert.InRange(store.Groups.Max(), 2, database.Options().GroupEntriesMax);
        Assert.InRange(store.Groups.Count, 2, 200);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Quarantine_stands_or_falls_with_its_entry_and_can_be_read_back(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        var with = Entry(fence, 0) with { Quarantined = [Bad(Press.Value, "first", 2), Bad(Press.Value, "second \0 zero", 3)] };
        await log.AppendAsync(with, default);
        await log.AppendAsync(with, default); // A duplicate brings no second record.
        await log.AppendAsync(Entry(fence + 1, 9) with { Quarantined = [Bad(Press.Value, "fenced")] }, default);
        await log.QuarantineAsync(Bad(null, "no machine", 0), default);
        await log.QuarantineAsync(Bad(Pump.Value, "pump"), default);

        var all = await log.ReadQuarantineAsync(null, 10, default);
        Assert.Equal(["pump", "no", "second", "first"], all.Select(record => record.Detail.Split(' ')[0]));
        Assert.Equal(Bad(null, "no machine", 0) with { Payload = all[1].Payload }, all[1]);
        Assert.Equal([1, 0, 2], all[1].Payload);
        Assert.Equal(["second", "first"], (await log.ReadQuarantineAsync(Press, 10, default)).Select(record => record.Detail.Split(' ')[0]));
        Assert.Equal("pump", Assert.Single(await log.ReadQuarantineAsync(null, 1, default)).Detail);
        Assert.Equal(5, Assert.Single(await ReadAsync(log)).SamplesQuarantined);
        Assert.Equal(new LogTotals(1, 4, 4, 6), await log.ReadTotalsAsync(default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.ReadQuarantineAsync(null, 0, default));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_silo_that_starts_again_finds_everything(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var before = await database.OpenAsync();
        await before.AppendAsync(Entry(await before.ClaimAsync(Press, default), 0), default);
        await before.DisposeAsync();
        var after = await database.OpenAsync();
        Assert.Equal(2, await after.ClaimAsync(Press, default));
        Assert.Equal(new AppendReply(AppendOutcome.AlreadyThere, (await ReadAsync(after))[0].Position), await after.AppendAsync(Entry(2, 0), default));
        Assert.Equal(new LogTotals(1, 4, 0, 0), await after.ReadTotalsAsync(default));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Silos_that_start_at_once_make_one_schema(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var logs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => database.OpenAsync(options => options.GroupEntriesMax = 4))));
        var fences = await Task.WhenAll(logs.Select(log => log.ClaimAsync(Press, default).AsTask()));
        Assert.Equal([1, 2, 3, 4, 5, 6], fences.Order());
        Assert.Equal(new LogTotals(0, 0, 0, 0), await logs[0].ReadTotalsAsync(default));
    }

    /// <summary>Several writers, each a silo of its own, append what was drawn; some claim in between.</summary>
    [Theory, MemberData(nameof(Engines))]
    public async Task Interleaved_writers_leave_what_a_plain_set_would_hold(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var writers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => database.OpenAsync()));
        var run = 0;
        await Gen.Select(Gen.Int[0, 2], Gen.Int[0, 15]).Array[1, 80].SampleAsync(
            async steps =>
            {
                // Each writer has a machine of its own and one that all fight for: a step is a number to append there, or 15, a claim.
                var tag = Interlocked.Increment(ref run);
                var shared = MachineKey.Parse($"run/{tag}/shared");
                var fences = new long[writers.Length];
                var own = new long[writers.Length];
                for (var w = 0; w < writers.Length; w++)
                {
                    own[w] = await writers[w].ClaimAsync(MachineKey.Parse($"run/{tag}/own-{w}"), default);
                }

                var (sharedOracle, ownOracle) = (new HashSet<long>(), new HashSet<(int, long)>());
                var owner = -1;
                var pending = new List<(Task<AppendReply> Reply, AppendOutcome Expected)>();
                foreach (var (writer, number) in steps)
                {
                    if (number == 15)
                    {
                        await Task.WhenAll(pending.Select(append => append.Reply)); // So that the oracle knows what came before the claim.
                        fences[writer] = await writers[writer].ClaimAsync(shared, default);
                        owner = writer;
                        continue;
                    }

                    var expected = owner != writer || fences[writer] == 0 ? AppendOutcome.Fenced
                        : sharedOracle.Add(number) ? AppendOutcome.Committed : AppendOutcome.AlreadyThere;
                    pending.Add((writers[writer].AppendAsync(Entry(fences[writer], number, shared), default).AsTask(), expected));
                    var mine = MachineKey.Parse($"run/{tag}/own-{writer}");
                    pending.Add((
                        writers[writer].AppendAsync(Entry(own[writer], number, mine), default).AsTask(),
                        ownOracle.Add((writer, number)) ? AppendOutcome.Committed : AppendOutcome.AlreadyThere));
                }

                foreach (var (reply, expected) in pending)
                {
                    Assert.Equal(expected, (await reply).Outcome);
                }

                Assert.Equal(sharedOracle.Order(), (await ReadAsync(writers[0], shared)).Select(entry => entry.Sequence).Order());
                for (var w = 0; w < writers.Length; w++)
                {
                    var stored = await ReadAsync(writers[^1], MachineKey.Parse($"run/{tag}/own-{w}"));
                    Assert.Equal(ownOracle.Where(name => name.Item1 == w).Select(name => name.Item2).Order(), stored.Select(entry => entry.Sequence).Order());
                }
            },
            iter: 15, threads: 1);
    }

    private static string Begin(SampleLogEngine engine) => engine == SampleLogEngine.Sqlite ? "BEGIN IMMEDIATE" : "BEGIN";

    private static string Lock(SampleLogEngine engine) => engine == SampleLogEngine.Sqlite ? "" : "SELECT 1 FROM machine FOR SHARE; ";

    private static string Insert(SampleLogEngine engine, long sequence) => engine == SampleLogEngine.Sqlite
        ? $"INSERT INTO entry (machine, source, epoch, sequence, kind, first_us, last_us, samples, samples_quarantined, received_us, payload) VALUES (1, 'plc', 1, {sequence}, 1, 0, 0, 0, 0, 0, x'')"
        : $"INSERT INTO entry (machine, source, epoch, sequence, kind, first_us, last_us, samples, samples_quarantined, payload) VALUES (1, 'plc', 1, {sequence}, 1, 0, 0, 0, 0, '')";

    [Theory, MemberData(nameof(Engines))]
    public async Task Events_are_read_without_the_batches_between_them(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        var positions = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            var entry = i % 2 == 0 ? Entry(fence, i) : Entry(fence, i) with { Kind = LogEntryKind.Event, Source = "", Samples = 0 };
            positions.Add((await log.AppendAsync(entry, default)).Position);
        }

        Assert.Equal([positions[1], positions[3], positions[5]], await log.ReadEventsAsync(Press, 0, default).Select(entry => entry.Position).ToListAsync());
        Assert.Equal([positions[3], positions[5]], await log.ReadEventsAsync(Press, positions[1], default).Select(entry => entry.Position).ToListAsync());
    }
}
