using CsCheck;
using IndustrialTwin.Alarms;
using IndustrialTwin.Cluster;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Lines;

/// <summary>How changes travel from machines to their line and site.</summary>
public class RollUpTests(TwinCluster cluster)
{
    [Fact]
    public async Task A_machine_s_change_reaches_its_line_and_its_site()
    {
        var machine = TwinCluster.NewMachine();
        var other = MachineKey.Parse($"{machine.Line}/press-2");
        var site = cluster.Grains.GetGrain<ISiteGrain>(machine.Site.Value);
        Assert.Equal(new ApplyReply(2, 0, 0, 0), await site.Apply(Site(machine.Line, machine, other)));
        Assert.Equal(new ApplyReply(0, 0, 2, 0), await site.Apply(Site(machine.Line, machine, other)));
        Assert.Equal(MachineHealth.Unknown, (await site.GetSnapshot()).Health);

        await ObserveAsync(machine, 0, 100, speed: 1_500);
        var line = await SiteAsync(summary => summary.Health == MachineHealth.Good && summary.MachinesRunning == 1);
        Assert.Equal((2, 0, 0), (line.Machines, line.AlarmsActive, line.AlarmsUnacknowledged));

        await ObserveAsync(machine, 1, 950, speed: 0);
        line = await SiteAsync(summary => summary.Health == MachineHealth.Critical && summary.MachinesRunning == 0);
        Assert.Equal((1, 1), (line.AlarmsActive, line.AlarmsUnacknowledged));
        await ObserveAsync(machine, 2, 100, speed: 0);
        line = await SiteAsync(summary => summary.Health == MachineHealth.Good && summary.ObservedMs == 23);
        Assert.Equal((0, 1), (line.AlarmsActive, line.AlarmsUnacknowledged));

        // Eight rows a millisecond apart running, and the step to the first row that stands: 8 of 23 ms.
        Assert.Equal(8, line.RunningMs);
        Assert.Equal(8.0 / 23, (await site.GetSnapshot()).Availability);
        Assert.True((await cluster.Machine(machine).CommandAlarm(new AlarmCommand("overload", AlarmAction.Acknowledge, "li"))).Done);
        await SiteAsync(summary => summary.AlarmsUnacknowledged == 0);

        // Who wakes anew knows the same.
        await cluster.SleepAsync(machine);
        await cluster.Grains.GetGrain<ILineGrain>(machine.Line.Value).AsReference<Orleans.Core.Internal.IGrainManagementExtension>().DeactivateOnIdle();
        await site.AsReference<Orleans.Core.Internal.IGrainManagementExtension>().DeactivateOnIdle();
        line = await SiteAsync(summary => summary.Health == MachineHealth.Good && summary.ObservedMs == 23);
        Assert.Equal((2, 8), (line.Machines, line.RunningMs));

        // What is declared no longer is retired, and counts no more.
        Assert.Equal(new ApplyReply(0, 0, 1, 1), await site.Apply(Site(machine.Line, other)));
        line = await SiteAsync(summary => summary.Machines == 1);
        Assert.Equal((MachineHealth.Unknown, 0L), (line.Health, line.ObservedMs));
        Assert.False((await cluster.Machine(machine).GetSnapshot()).IsDeclared);
        Assert.Equal(24, (await cluster.Machine(machine).GetSamples(new SampleQuery("force"))).TimesUs.Length);

        async Task<LineSummary> SiteAsync(Func<LineSummary, bool> condition)
        {
            LineSummary? found = null;
            await TwinCluster.UntilAsync(async () =>
                condition((await cluster.Grains.GetGrain<ILineGrain>(machine.Line.Value).GetSnapshot()).Summary)
                && (await site.GetSnapshot()).Lines is [var known] && condition(found = known));
            return found!;
        }
    }

    [Fact]
    public async Task A_watcher_hears_of_changes_and_of_nothing_else()
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with { LatenessMax = TimeSpan.Zero });
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var watch = grain.Watch(TimeSpan.FromMilliseconds(100), stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await watch.MoveNextAsync());
        await ObserveAsync(key, 0, 950, 0);
        while (watch.Current.Summary.Health != MachineHealth.Critical)
        {
            Assert.True(await watch.MoveNextAsync());
        }

        Assert.Equal(AlarmCondition.Unacknowledged, Assert.Single(watch.Current.Summary.Alarms).Condition);
        await Assert.ThrowsAnyAsync<ArgumentOutOfRangeException>(async () =>
        {
            await foreach (var _ in grain.Watch(TimeSpan.FromMilliseconds(1)))
            {
            }
        });
    }

    [Fact]
    public void Summaries_in_any_order_and_repeated_give_the_same_line() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 20]).List[1, 30].SelectMany(summaries => Gen.Shuffle(summaries.Concat(summaries.Take(5)).ToArray()).Select(other => (summaries, other)))
            .Sample(drawn =>
            {
                var (one, another) = (new LineRollUp(), new LineRollUp());
                drawn.summaries.ForEach(summary => one.Take(Of(summary)));
                Array.ForEach(drawn.other, summary => another.Take(Of(summary)));
                var line = LineKey.Parse("a/b");
                Assert.Equal(one.ToSummary(line, 1, "t"), another.ToSummary(line, 1, "t"));
                Assert.Equal(drawn.summaries.GroupBy(summary => summary.Item1).Sum(machine => machine.Max(summary => summary.Item2)), one.ToSummary(line, 1, "t").ObservedMs);
            });

    private static MachineSummary Of((int Machine, int Version) summary) => new(
        MachineKey.Parse($"a/b/m{summary.Machine}"), summary.Version, "", "", (MachineHealth)(summary.Version % 4), (RunningState)(summary.Version % 3),
        summary.Version / 2, summary.Version, [], null);

    private static SiteDeclaration Site(LineKey line, params MachineKey[] machines) => new(
        line.Site, "Site", [new LineDeclaration(line, "Line", [.. machines.Select(machine => Plant.Declaration(machine) with { LatenessMax = TimeSpan.Zero })])]);

    private async Task ObserveAsync(MachineKey machine, long sequence, double force, double speed)
    {
        var batch = Plant.Batch(sequence, machine: machine, rows: 8);
        Array.Fill(batch.Columns[0].Values, force);
        Array.Fill(batch.Columns[1].Values, speed);
        Assert.Equal(ObserveOutcome.Accepted, (await cluster.Machine(machine).Observe(batch)).Outcome);
    }
}
