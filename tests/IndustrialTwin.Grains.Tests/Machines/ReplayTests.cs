using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Machines;

/// <summary>The log is the twin: what an activation knows, the next one knows too.</summary>
public class ReplayTests(TwinCluster cluster)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_activation_goes_on_where_the_last_one_stood(bool hasCheckpoints)
    {
        var (key, grain) = await cluster.DeclaredAsync();
        cluster.Store.Break(key.Value, !hasCheckpoints);
        foreach (var sequence in new[] { 0, 1, 2, 5 }) // 5 waits for 3 and 4.
        {
            await grain.Observe(Plant.Batch(sequence, machine: key));
        }

        var before = await cluster.CaughtUpAsync(key);
        await cluster.SleepAsync(key);
        var after = await cluster.CaughtUpAsync(key);
        Assert.Equal(before.Counts with { BatchesDuplicate = 0 }, after.Counts);
        Assert.Equal(before.Features, after.Features);
        Assert.Equal(before.Channels, after.Channels);
        Assert.Equal(before.LogPosition, after.LogPosition);
        Assert.True(after.Summary.Version > before.Summary.Version);

        foreach (var sequence in new[] { 2, 3, 4, 6 })
        {
            await grain.Observe(Plant.Batch(sequence, machine: key));
        }

        Assert.Equal(7, (await cluster.CaughtUpAsync(key)).Counts.BatchesAccepted);
        Assert.Equal(70 / 8, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);
        Assert.Equal(70 - 12, (await grain.GetFeature(new SampleQuery("health/t2"))).Count);
    }

    [Fact]
    public async Task A_twin_whose_log_was_lost_begins_anew_and_computes_what_comes()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(sequence => grain.Observe(Plant.Batch(sequence, machine: key))));
        await cluster.CaughtUpAsync(key);
        cluster.Log.Forget(key);
        await cluster.SleepAsync(key);
        Assert.Equal(0, (await cluster.CaughtUpAsync(key)).Counts.BatchesAccepted);

        // The same batches are new to this log: nothing of the old checkpoint may call them known or analysed.
        foreach (var sequence in Enumerable.Range(0, 3))
        {
            Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(sequence, machine: key))).Outcome);
        }

        Assert.Equal(3, (await cluster.CaughtUpAsync(key)).Counts.BatchesAccepted);
        Assert.Equal(30 / 8, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);
    }

    [Fact]
    public async Task A_long_log_is_read_back_whole_by_a_twin_without_a_checkpoint()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        cluster.Store.Break(key.Value);
        for (var i = 0; i < 300; i += 50)
        {
            await Task.WhenAll(Enumerable.Range(i, 50).Select(sequence => grain.Observe(Plant.Batch(sequence, machine: key))));
        }

        var before = await cluster.CaughtUpAsync(key);
        var rms = await grain.GetFeature(new SampleQuery("force-statistics/rms"));
        await cluster.SleepAsync(key);
        Assert.Equal(before.Counts, (await cluster.CaughtUpAsync(key)).Counts);
        var again = await grain.GetFeature(new SampleQuery("force-statistics/rms"));
        Assert.Equal(3_000 / 8, rms.Count);
        Assert.Equal(rms.Values, again.Values);
    }

    [Fact]
    public async Task A_second_owner_shuts_the_first_one_out_and_the_state_does_not_fork()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await grain.Observe(Plant.Batch(0, machine: key));
        await cluster.CaughtUpAsync(key);

        // As another activation of the twin would, elsewhere, and it writes.
        var fence = await cluster.Log.ClaimAsync(key, default);
        var other = Plant.Batch(1, machine: key);
        await cluster.Log.AppendAsync(
            new LogEntry(key, fence, LogEntryKind.Samples, other.Source, other.Epoch, 1, SampleBatchCodec.Encode(other.Columns), other.Columns[0].TimesUs[0], other.Columns[0].TimesUs[^1], 20, []), default);

        await Assert.ThrowsAsync<LogUnavailableException>(() => grain.Observe(Plant.Batch(2, machine: key)));
        Assert.Equal(20, (await grain.GetSamples(new SampleQuery("force"))).TimesUs.Length);
        var outcomes = new List<ObserveOutcome>();
        foreach (var sequence in new[] { 1, 2 })
        {
            outcomes.Add((await grain.Observe(Plant.Batch(sequence, machine: key))).Outcome);
        }

        Assert.Equal([ObserveOutcome.Duplicate, ObserveOutcome.Accepted], outcomes);
        var snapshot = await cluster.CaughtUpAsync(key);
        Assert.Equal((3, 0), (snapshot.Counts.BatchesAccepted, snapshot.Counts.SequenceGaps));
        Assert.Equal(30 / 8, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);
        Assert.Equal(AppendOutcome.Fenced, (await cluster.Log.AppendAsync(
            new LogEntry(key, fence, LogEntryKind.Samples, "plc", 1, 9, new byte[] { 1, 0 }, 0, 0, 0, []), default)).Outcome);
    }

    [Fact]
    public async Task A_retired_machine_keeps_its_history_and_comes_back()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await grain.Observe(Plant.Batch(0, machine: key));
        Assert.True(await grain.Retire());
        Assert.False(await grain.Retire());
        var reply = await grain.Observe(Plant.Batch(1, machine: key));
        Assert.Equal((ObserveOutcome.Rejected, Quarantine.QuarantineReason.RetiredMachine), (reply.Outcome, reply.Reason));
        await cluster.SleepAsync(key);
        Assert.False((await grain.GetSnapshot()).IsDeclared);
        Assert.Equal(10, (await grain.GetSamples(new SampleQuery("force"))).TimesUs.Length);
        Assert.Equal(1, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);

        Assert.True(await grain.Apply(Plant.Declaration(key)));
        Assert.Equal(ObserveOutcome.Duplicate, (await grain.Observe(Plant.Batch(0, machine: key))).Outcome);
        Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(1, machine: key))).Outcome);
        Assert.Equal(2, (await cluster.CaughtUpAsync(key)).Counts.BatchesAccepted);
    }

    [Fact]
    public async Task Applying_again_changes_nothing_and_a_change_leaves_the_rest_as_it_was()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await grain.Observe(Plant.Batch(0, machine: key));
        await grain.Observe(Plant.Batch(1, machine: key));
        var before = await cluster.CaughtUpAsync(key);
        Assert.False(await grain.Apply(Plant.Declaration(key)));
        Assert.Equal(before.LogPosition, (await cluster.CaughtUpAsync(key)).LogPosition);
        await Assert.ThrowsAsync<ArgumentException>(() => grain.Apply(Plant.Declaration(Plant.Press)));

        // Another window: only that analysis begins anew. The fit of the other, and its alarms, stand.
        var declaration = Plant.Declaration(key, revision: "2");
        Assert.True(await grain.Apply(declaration with { Analyses = [new WindowStatisticsAnalysis("force-statistics", "force", 5, 5, [Statistic.Rms, Statistic.Maximum]), declaration.Analyses[1]] }));
        await grain.Observe(Plant.Batch(2, machine: key));
        var after = await cluster.CaughtUpAsync(key);
        Assert.Equal("2", after.Revision);
        Assert.Equal(3, after.Counts.BatchesAccepted);
        Assert.Equal(30 - 12, (await grain.GetFeature(new SampleQuery("health/t2"))).Count);
        var rows = Plant.Batch(2, machine: key).Columns[0].TimesUs;
        var windows = await grain.GetFeature(new SampleQuery("force-statistics/rms"));
        Assert.Equal([rows[4], rows[9]], windows.TimesUs.AsEnumerable().TakeLast(2));
        Assert.Equal(4, windows.Count); // Two of eight rows before, two of five after.
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_alarm_goes_its_way_through_the_grain_and_a_replay_finds_it_there(bool hasCheckpoints)
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
        {
            Alarms = [new AlarmDeclaration("overload", "force-statistics/maximum", AlarmSide.High, 900, 800, 1, 1, AlarmPriority.High)],
            LatenessMax = TimeSpan.Zero,
        });
        cluster.Store.Break(key.Value, !hasCheckpoints);
        await ConditionAsync(AlarmCondition.Normal);
        await Nothing(new AlarmCommand("overload", AlarmAction.Acknowledge, "li"), "nothing to acknowledge");
        await Nothing(new AlarmCommand("no-such", AlarmAction.Acknowledge, "li"), "no alarm 'no-such'");
        await Nothing(new AlarmCommand("overload", AlarmAction.Acknowledge, ""), "operator");
        await Nothing(new AlarmCommand("overload", AlarmAction.Shelve, "li"), "shelveFor");
        await Nothing(new AlarmCommand("overload", AlarmAction.Unshelve, "li"), "not shelved");

        await WindowAsync(0, 950);
        await ConditionAsync(AlarmCondition.Unacknowledged);
        Assert.Equal(MachineHealth.Critical, (await grain.GetSnapshot()).Summary.Health);
        await Done(AlarmAction.Acknowledge, AlarmCondition.Acknowledged);
        await ConditionAsync(AlarmCondition.Acknowledged);
        await WindowAsync(1, 850); // Within the deadband.
        await ConditionAsync(AlarmCondition.Acknowledged);
        await WindowAsync(2, 100);
        await ConditionAsync(AlarmCondition.Normal);
        await WindowAsync(3, 950);
        await WindowAsync(4, 100);
        await ConditionAsync(AlarmCondition.ReturnedToNormal);
        Assert.Equal(MachineHealth.Good, (await grain.GetSnapshot()).Summary.Health);
        await Done(AlarmAction.Acknowledge, AlarmCondition.Normal);
        await WindowAsync(5, 950);
        await Done(AlarmAction.Shelve, AlarmCondition.Shelved);
        await ConditionAsync(AlarmCondition.Shelved);
        Assert.Equal(MachineHealth.Good, (await grain.GetSnapshot()).Summary.Health);
        await Done(AlarmAction.Unshelve, AlarmCondition.Unacknowledged);
        await Done(AlarmAction.Acknowledge, AlarmCondition.Acknowledged);
        var alarm = Assert.Single((await cluster.CaughtUpAsync(key)).Alarms);
        Assert.Equal((3, "li"), (alarm.Raisings, alarm.AcknowledgedBy));
        await cluster.SleepAsync(key);
        Assert.Equal(alarm, Assert.Single((await cluster.CaughtUpAsync(key)).Alarms));

        async Task WindowAsync(long sequence, double force)
        {
            var batch = Plant.Batch(sequence, machine: key, rows: 8);
            Array.Fill(batch.Columns[0].Values, force);
            await grain.Observe(batch);
            await cluster.CaughtUpAsync(key);
        }

        async Task ConditionAsync(AlarmCondition expected)
        {
            Assert.Equal(expected, Assert.Single((await cluster.CaughtUpAsync(key)).Alarms).Condition);
            if (expected != AlarmCondition.Shelved)
            {
                await cluster.SleepAsync(key);
                Assert.Equal(expected, Assert.Single((await cluster.CaughtUpAsync(key)).Alarms).Condition);
            }
        }

        async Task Done(AlarmAction action, AlarmCondition expected)
        {
            var reply = await grain.CommandAlarm(new AlarmCommand("overload", action, "li", ShelveFor: action == AlarmAction.Shelve ? TimeSpan.FromMinutes(5) : null));
            Assert.True(reply.Done, reply.Detail);
            Assert.Equal(expected, reply.Alarm!.Condition);
        }

        async Task Nothing(AlarmCommand command, string detail)
        {
            var reply = await grain.CommandAlarm(command);
            Assert.False(reply.Done);
            Assert.Contains(detail, reply.Detail, StringComparison.Ordinal);
            Assert.Contains(key.Value, reply.Detail, StringComparison.Ordinal);
        }
    }
}
