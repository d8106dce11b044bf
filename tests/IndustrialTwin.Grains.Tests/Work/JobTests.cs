using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Sites;
using Xunit;
using static IndustrialTwin.Work.GridCluster;

namespace IndustrialTwin.Work;

/// <summary>Jobs that are too large for a batch are bid for, and taken over by who would be done with them earlier.</summary>
public class JobTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(20);
    private static readonly SiteKey Site = SiteKey.Parse("wuhan");

    [Fact]
    public async Task A_job_goes_to_who_would_be_done_with_it_first()
    {
        await using var grid = await StartAsync(silos: 2, configure: options => options.BatchUnitsMax = 8, script: Slow);
        await grid.ServedAsync();
        await KnowAllAsync(grid);
        grid.Device(1).Hold();

        // The first has a job that it does not get done with: every other is promised earlier by the second.
        var held = grid.Accelerator(1).RunJob(Request(1, Ample, windows: 400));
        await TwinCluster.UntilAsync(async () => (await grid.Accelerator(1).GetSnapshot()).JobsWon == 1);
        for (var number = 2; number < 6; number++)
        {
            var reply = await grid.GridOf().RunAsync(Site, Request(number, windows: 9), Ample, CancellationToken.None);
            Assert.Equal((ComputeOutcome.Done, "node-2/native-0"), (reply.Outcome, reply.Accelerator?.Value));
            Assert.Equal(number, reply.Values[(int)Statistic.Mean]);
        }

        grid.Device(1).Release();
        Assert.Equal(ComputeOutcome.Done, (await held).Outcome);
    }

    [Fact]
    public async Task An_idle_accelerator_takes_over_what_waits_and_its_owner_answers_once()
    {
        await using var grid = await StartAsync(
            silos: 2, configure: options => (options.StealPauseMax, options.LeaseMin) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(20)));
        await grid.ServedAsync();
        await KnowAllAsync(grid);
        grid.Device(1).Hold();

        // Calls of one client may overtake each other on their way: the one that is to hold the device comes alone.
        var first = grid.Accelerator(1).RunJob(Request(1, Ample, windows: 600));
        await TwinCluster.UntilAsync(async () => (await grid.Accelerator(1).GetSnapshot()).JobsWon == 1);
        Task<ComputeReply>[] jobs = [first, .. Enumerable.Range(2, 7).Select(number => grid.Accelerator(1).RunJob(Request(number, Ample, windows: 600)))];
        var stolen = await Task.WhenAll(jobs[1..]);
        Assert.All(stolen, reply => Assert.Equal((ComputeOutcome.Done, "node-2/native-0"), (reply.Outcome, reply.Accelerator?.Value)));
        Assert.False(jobs[0].IsCompleted);
        grid.Device(1).Release();
        Assert.Equal("node-1/native-0", (await jobs[0]).Accelerator?.Value);
        Assert.Equal(7, (await grid.Accelerator(2).GetSnapshot()).JobsStolen);
        Assert.Equal(Enumerable.Range(1, 8), grid.Device(1).Launched.Concat(grid.Device(2).Launched).Order());
    }

    [Fact]
    public async Task A_job_that_was_taken_over_by_one_that_fails_is_run_by_its_owner()
    {
        await using var grid = await StartAsync(silos: 2, configure: options => options.StealPauseMax = TimeSpan.FromMilliseconds(50));
        await grid.ServedAsync();
        await KnowAllAsync(grid);
        grid.Device(2).Fails = () => true;
        grid.Device(1).Hold();
        var jobs = Enumerable.Range(1, 3).Select(number => grid.Accelerator(1).RunJob(Request(number, Ample, windows: 600))).ToArray();
        await TwinCluster.UntilAsync(() => Task.FromResult(!grid.Device(2).Launches.IsEmpty));
        grid.Device(1).Release();
        Assert.All(await Task.WhenAll(jobs), reply => Assert.Equal((ComputeOutcome.Done, "node-1/native-0"), (reply.Outcome, reply.Accelerator?.Value)));
        Assert.Equal([1, 2, 3], grid.Device(1).Launched.Order());
    }

    [Fact]
    public async Task Nobody_bids_for_what_cannot_be_in_time()
    {
        await using var grid = await StartAsync(script: Slow);
        await grid.ServedAsync();

        // On a busy machine the trial's launches may take as long for one window as for many. Those of a size teach what it takes, and none
        // takes less than it is told to.
        for (var number = 1; number <= 3; number++)
        {
            Assert.Equal(ComputeOutcome.Done, (await grid.Accelerator().RunJob(Request(number, windows: 500))).Outcome);
        }

        var bid = await grid.Accelerator().Bid(new JobDemand($"window-statistics.{Rows}", 500, 0, DateTimeOffset.UtcNow.AddMilliseconds(5)));
        Assert.True(bid.IsRefused);
        Assert.InRange(bid.FinishInUs, 50_000, 10_000_000);
    }

    [Fact]
    public async Task A_large_payload_stays_at_its_node_until_a_device_of_another_wants_it()
    {
        await using var grid = await StartAsync(silos: 2, configure: options => options.InlineBytesMax = 64);
        await grid.ServedAsync(rows: 64);
        await KnowAllAsync(grid);
        grid.Device(1).Hold();

        // Two that the first holds, and then those that only the other node's device can take, from either silo.
        var site = Site;
        var asked = Enumerable.Range(1, 24).Select(number =>
            grid.GridOf(number % 2).RunAsync(site, Request(number, rows: 64), Ample, CancellationToken.None)).ToArray();
        await TwinCluster.UntilAsync(() => Task.FromResult(!grid.Device(2).Launches.IsEmpty));
        grid.Device(1).Release();
        var replies = await Task.WhenAll(asked);
        Assert.Equal(Enumerable.Range(1, 24).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));
        Assert.NotEmpty(grid.Device(2).Launched);
    }

    private static void Slow(ScriptedDevice device) => device.WindowTime = TimeSpan.FromMicroseconds(200);

    /// <summary>Waits until the silos know each other's accelerators.</summary>
    private static Task KnowAllAsync(GridCluster grid) => TwinCluster.UntilAsync(() => Task.FromResult(
        grid.Cluster.Silos.All(silo => Directory(silo).Serving(Site.Value).Count == 2)));

    private static GridDirectory Directory(Orleans.TestingHost.SiloHandle silo) =>
        (GridDirectory)((Orleans.TestingHost.InProcessSiloHandle)silo).ServiceProvider.GetService(typeof(GridDirectory))!;
}
