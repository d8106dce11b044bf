using System.Text.RegularExpressions;
using IndustrialTwin.Audit;
using IndustrialTwin.Hosting;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using IndustrialTwin.Starting;
using Orleans.Storage;
using Xunit;

namespace IndustrialTwin.Purges;

/// <summary>What a store holds of a retired machine is removed, all of it and nothing else, however often it is cut off.</summary>
public partial class PurgeTests
{
    public static TheoryData<StorageEngine> Engines => RetiredPlant.Engines;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Engines))]
    public async Task What_the_store_holds_of_a_retired_machine_is_gone_and_all_else_is_as_it_was(StorageEngine engine)
    {
        using var plant = await RetiredPlant.CreateAsync(engine);
        var before = await plant.RowsAsync();
        Assert.True(engine == StorageEngine.Postgres || plant.MarksInFiles() > RetiredPlant.Batches);
        var there = $"20 batches with 200 samples, 2 events, 20 blocks of computed points, 2 quarantine records with 4 samples, 1 checkpoint{(engine == StorageEngine.Postgres ? ", 1 reminder" : "")}";
        Assert.Contains(there, await plant.PurgeAsync(isConfirmed: false), StringComparison.Ordinal);
        Assert.Equal(before, await plant.RowsAsync()); // To look is to change nothing.

        Assert.EndsWith($"Purged: {RetiredPlant.Retired}, {there}.", (await plant.PurgeAsync(settings: ("operator", "Li Wei"))).TrimEnd(), StringComparison.Ordinal);

        var after = await plant.RowsAsync();
        Assert.Equal([], after.Where(row => row.Contains(RetiredPlant.Mark, StringComparison.Ordinal)));
        Assert.True(engine == StorageEngine.Postgres || plant.MarksInFiles() == 0);

        // What stays of it is its name, with its fence, and with an empty state; and the audit log.
        Assert.Equal(["audit", "audit", "machine", "orleansstorage"], after.Where(row => IsOfRetired().IsMatch(row)).Select(row => row.Split(':')[0]).Order());
        Assert.Contains(after, row => row.StartsWith("orleansstorage", StringComparison.Ordinal) && IsOfRetired().IsMatch(row) && row.Contains("=|", StringComparison.Ordinal));

        // Every other row is the same, byte for byte; only what counts rows has changed.
        var (gone, came) = (before.Except(after).ToList(), after.Except(before).ToList());
        var id = before.Single(row => row.StartsWith("machine: ", StringComparison.Ordinal) && IsOfRetired().IsMatch(row)).Split('=', '|')[1];
        string[] theirs = [$"|machine={id}|", .. before.Where(row => row.StartsWith("feature: ", StringComparison.Ordinal) && row.Contains($"|machine={id}|", StringComparison.Ordinal)).Select(row => $"|feature={row.Split('=', '|')[1]}|")];
        Assert.Equal(3, theirs.Length);
        Assert.DoesNotContain(gone, row => !IsOfRetired().IsMatch(row) && !IsCount().IsMatch(row) && !Array.Exists(theirs, their => row.Contains(their, StringComparison.Ordinal)));
        Assert.DoesNotContain(came, row => !IsOfRetired().IsMatch(row) && !IsCount().IsMatch(row));
        Assert.Equal((20, 200), await plant.VerifyAsync() is var state ? (state.Batches, state.Samples) : default);
        await using (var log = (IAsyncDisposable)await plant.OpenLogAsync())
        {
            Assert.Equal(new LogTotals(20, 200, 3, 6), await ((ISampleLog)log).ReadTotalsAsync(Cancelled));
        }

        var (begun, ended) = await plant.AuditAsync() is [var one, var two] ? (one.Event, two.Event) : default;
        Assert.Equal(("purge", RetiredPlant.Retired.Value, AuditOutcome.Allowed, $"begins; there is: {there}"), (begun.What, begun.Where, begun.Outcome, begun.Detail));
        Assert.Equal(("purge", RetiredPlant.Retired.Value, AuditOutcome.Allowed, $"has ended; removed: {there}"), (ended.What, ended.Where, ended.Outcome, ended.Detail));
        Assert.Equal($"Li Wei ({Environment.UserName} on {Environment.MachineName})", begun.Who);
        Assert.True(begun.TimeUs > 1 && ended.TimeUs >= begun.TimeUs);

        // Again there is nothing to do, and it is no fault.
        Assert.Contains("is left", await plant.PurgeAsync(isConfirmed: false), StringComparison.Ordinal);
        Assert.Contains("nothing.", await plant.PurgeAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_twin_that_was_awake_writes_nothing_back(StorageEngine engine)
    {
        using var plant = await RetiredPlant.CreateAsync(engine);
        GrainState<SampleQuery> known, unknown = new(new SampleQuery("never stored before"));
        await using (var silo = await plant.StartSiloAsync())
        {
            known = await RetiredPlant.StateAsync(silo, RetiredPlant.Retired);
        }

        await plant.ExecuteAsync(engine == StorageEngine.Sqlite ? "SELECT 1" : "DELETE FROM OrleansStorage WHERE GrainIdExtensionString = 'wuhan/line-3/press-07'");
        await plant.PurgeAsync();
        await using (var silo = await plant.StartSiloAsync())
        {
            foreach (var state in (GrainState<SampleQuery>[])[known, unknown])
            {
                await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync("machine", RetiredPlant.Grain(RetiredPlant.Retired), state));
            }

            // The next twin of that name begins with nothing, and stores.
            var next = await RetiredPlant.StateAsync(silo, RetiredPlant.Retired);
            Assert.False(next.RecordExists);
            next.State = new SampleQuery("a new life");
            await silo.Storage.WriteStateAsync("machine", RetiredPlant.Grain(RetiredPlant.Retired), next);
        }

        var log = await plant.OpenLogAsync();
        await using var _ = (IAsyncDisposable)log;
        var late = new LogEntry(RetiredPlant.Retired, plant.Fence, LogEntryKind.Samples, "plc", 1, 0, new byte[] { 1 }, 0, 1, 1, []);
        Assert.Equal(AppendOutcome.Fenced, (await log.AppendAsync(late, Cancelled)).Outcome);
        Assert.False(await log.AppendFeatureAsync(new FeatureBlock(RetiredPlant.Retired, plant.Fence, "a/b", [1], [1], [1], [false]), Cancelled));
        Assert.True(await log.ClaimAsync(RetiredPlant.Retired, Cancelled) > plant.Fence + 1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Cut_off_after_any_commit_it_is_ended_by_running_it_again(StorageEngine engine)
    {
        using var plant = await RetiredPlant.CreateAsync(engine);
        var kept = (await plant.RowsAsync()).Where(row => row.Contains("another", StringComparison.Ordinal)).ToList();
        var (cuts, removed) = (0, new HistoryCounts());
        while (true)
        {
            var commits = 0;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            void Cut(HistoryCounts more)
            {
                removed += more;
                if (++commits > cuts % 5)
                {
                    if (cuts % 2 == 0)
                    {
                        throw new InvalidOperationException("cut off");
                    }

                    stop.Cancel(); // As Ctrl+C does.
                }
            }

            try
            {
                await plant.PurgeAsync(heard: Cut, cancellationToken: stop.Token);
                break;
            }
            catch (Exception fault) when (fault is InvalidOperationException or StartException)
            {
                cuts++;
                Assert.True(fault is InvalidOperationException || fault.Message.Contains("Run it again", StringComparison.Ordinal), fault.Message);
                Assert.Equal(40 - removed.Batches, (await plant.VerifyAsync()).Batches);
                Assert.Empty(kept.Except(await plant.RowsAsync()));
                Assert.Equal(AuditOutcome.Failed, (await plant.AuditAsync())[^1].Event.Outcome);
            }
        }

        Assert.True(cuts > 4, $"{cuts} cuts");
        Assert.Equal((20, 200, 2, 20, 2, 4, 1), (removed.Batches, removed.Samples, removed.Events, removed.Blocks, removed.QuarantineRecords, removed.QuarantinedSamples, removed.Checkpoints));
        var after = await plant.RowsAsync();
        Assert.Empty(kept.Except(after));
        Assert.DoesNotContain(after, row => row.Contains(RetiredPlant.Mark, StringComparison.Ordinal));
        Assert.True(engine == StorageEngine.Postgres || plant.MarksInFiles() == 0);
        Assert.Equal((20, 200), await plant.VerifyAsync() is var state ? (state.Batches, state.Samples) : default);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_name_that_quarantine_alone_knows_can_be_purged(StorageEngine engine)
    {
        using var plant = await RetiredPlant.CreateAsync(engine);
        var ghost = MachineKey.Parse("wuhan/line-3/press-0");
        await using (var log = (IAsyncDisposable)await plant.OpenLogAsync())
        {
            await ((ISampleLog)log).QuarantineAsync(new QuarantineRecord(1, ghost.Value, "itwin/v1/x", QuarantineReason.UnknownMachine, "a ghost", [1], 2, 1), Cancelled);
        }

        var before = await plant.RowsAsync();
        Assert.Contains("1 quarantine record with 2 samples", await plant.PurgeAsync(ghost.Value), StringComparison.Ordinal);
        var after = await plant.RowsAsync();
        Assert.Contains("a ghost", Assert.Single(before.Except(after), row => !IsCount().IsMatch(row)), StringComparison.Ordinal);
        Assert.DoesNotContain(after.Except(before), row => !IsCount().IsMatch(row) && !row.Contains(ghost.Value, StringComparison.Ordinal));
        Assert.Equal((40, 400), await plant.VerifyAsync() is var state ? (state.Batches, state.Samples) : default);
    }

    [Fact]
    public async Task What_a_twin_writes_meanwhile_on_postgresql_goes_too()
    {
        using var plant = await RetiredPlant.CreateAsync(StorageEngine.Postgres);
        var log = await plant.OpenLogAsync();
        await using var _ = (IAsyncDisposable)log;
        var (commits, fence) = (0, 0L);
        await plant.PurgeAsync(heard: removed =>
        {
            if (++commits is 1 or 6 || removed.Batches == 2) // Twenty go three at a time: two are the last ones.
            {
                WriteAsync(100 + commits).GetAwaiter().GetResult();
            }

            async Task WriteAsync(long sequence)
            {
                fence = await log.ClaimAsync(RetiredPlant.Retired, Cancelled);
                await RetiredPlant.WriteBatchAsync(log, RetiredPlant.Retired, fence, sequence);
            }
        });
        await RetiredPlant.WriteBatchAsync(log, RetiredPlant.Retired, fence, 999); // It has been claimed since.
        Assert.DoesNotContain(await plant.RowsAsync(), row => row.Contains(RetiredPlant.Mark, StringComparison.Ordinal));
        Assert.Equal((20, 200), await plant.VerifyAsync() is var state ? (state.Batches, state.Samples) : default);
    }

    [Fact]
    public async Task What_is_declared_again_meanwhile_on_postgresql_is_purged_no_further()
    {
        using var plant = await RetiredPlant.CreateAsync(StorageEngine.Postgres);
        var log = await plant.OpenLogAsync();
        await using var _ = (IAsyncDisposable)log;
        var commits = 0;
        var fault = await Assert.ThrowsAsync<StartException>(() => plant.PurgeAsync(heard: _ =>
        {
            if (++commits == 5)
            {
                DeclareAsync().GetAwaiter().GetResult();
            }

            async Task DeclareAsync() => await RetiredPlant.WriteEventAsync(log, RetiredPlant.Retired, await log.ClaimAsync(RetiredPlant.Retired, Cancelled), 0, RetiredPlant.Declared(RetiredPlant.Retired));
        }));
        Assert.Contains("is declared", fault.Message, StringComparison.Ordinal);
        Assert.Equal(AuditOutcome.Failed, (await plant.AuditAsync())[^1].Event.Outcome);
        Assert.NotNull(await plant.VerifyAsync());
        var fence = await log.ClaimAsync(RetiredPlant.Retired, Cancelled);
        await RetiredPlant.WriteEventAsync(log, RetiredPlant.Retired, fence, 0, new MachineRetired());
        await plant.PurgeAsync();
        Assert.DoesNotContain(await plant.RowsAsync(), row => row.Contains(RetiredPlant.Mark, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"wuhan/line-3/press-07(?!\d)")]
    private static partial Regex IsOfRetired();

    [GeneratedRegex("^(total|audit_head|sqlite_sequence): ")]
    private static partial Regex IsCount();
}
