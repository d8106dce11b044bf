using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using Xunit;
using static IndustrialTwin.Work.GridCluster;

namespace IndustrialTwin.Work;

/// <summary>Whose work a node does, and when a request goes up a tier: what the simulator's policy says, with silos.</summary>
public class TierTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TooLong = TimeSpan.FromMilliseconds(400);
    private static readonly SiteKey Wuhan = SiteKey.Parse("wuhan");
    private static readonly SiteKey Leipzig = SiteKey.Parse("leipzig");

    [Fact]
    public async Task A_site_s_nodes_do_its_work_and_idle_ones_of_another_do_not()
    {
        await using var grid = await StartAsync(silos: 2, place: node => node.Site = node.Node == "node-1" ? "wuhan" : "leipzig");
        await KnowAsync(grid, Wuhan, Leipzig);
        grid.Device(1).Hold();
        var asked = Enumerable.Range(1, 20).Select(number => grid.GridOf(number % 2).RunAsync(Wuhan, Request(number), Ample, CancellationToken.None)).ToArray();
        var large = grid.GridOf(1).RunAsync(Wuhan, Request(21, windows: 600), Ample, CancellationToken.None);
        var others = await Task.WhenAll(Enumerable.Range(101, 20).Select(number => grid.GridOf(number % 2).RunAsync(Leipzig, Request(number), Ample, CancellationToken.None)));
        Assert.All(others, reply => Assert.Equal("node-2/native-0", reply.Accelerator?.Value));
        grid.Device(1).Release();
        Assert.All([.. await Task.WhenAll(asked), await large], reply => Assert.Equal("node-1/native-0", reply.Accelerator?.Value));
        Assert.DoesNotContain(grid.Device(2).Launched, number => number <= 21);
        Assert.All((await grid.Accelerator(2).GetSnapshot()).Queues, queue => Assert.Equal(Leipzig, queue.Site));
        Assert.Equal("leipzig", (await grid.Grains.GetGrain<INodeGrain>("node-2").GetSnapshot()).Site);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(600)]
    public async Task What_the_edge_would_do_too_late_goes_to_the_tier_above_and_what_it_can_do_does_not(int windows)
    {
        await using var grid = await EdgeAndCloudAsync(windows);
        async Task<bool> BidAsync(TimeSpan within) =>
            !(await grid.Accelerator(1).Bid(new JobDemand($"window-statistics.{Rows}", windows, 0, DateTimeOffset.UtcNow + within))).IsRefused;

        Task<ComputeReply> RunAsync(int number, TimeSpan timeout, ComputeClass requestClass = ComputeClass.Monitor) =>
            grid.GridAt(1).RunAsync(Wuhan, Request(number, windows: windows) with { Class = requestClass }, timeout, CancellationToken.None);

        // What its launches cost has been tried; where others kept the machine busy meanwhile, it learns better from what it runs.
        await TwinCluster.UntilAsync(async () =>
        {
            if (await BidAsync(Ample) && !await BidAsync(Short))
            {
                return true;
            }

            await RunAsync(1, Ample);
            return false;
        });
        var near = await RunAsync(1, Ample);
        Assert.Equal((1.0, "node-1/native-0"), (near.Values[(int)Statistic.Mean], near.Accelerator?.Value));
        var far = await RunAsync(2, Short);
        Assert.Equal((2.0, "node-2/native-0"), (far.Values[(int)Statistic.Mean], far.Accelerator?.Value));

        // Control is done on its own node, late or not at all.
        var control = await RunAsync(3, Short, ComputeClass.Control);
        Assert.Equal("node-1/native-0", control.Accelerator?.Value);
        Assert.Equal([2], grid.Device(2).Launched);
    }

    [Fact]
    public async Task Nothing_goes_up_when_the_way_takes_longer_than_there_is_time()
    {
        await using var grid = await EdgeAndCloudAsync(1, async call =>
        {
            if (call is { InterfaceMethod.Name: nameof(IWorkQueueGrain.Outlook) })
            {
                await Task.Delay(Short);
            }

            await call.Invoke();
        });
        using var giveUp = new CancellationTokenSource(3 * Short);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grid.GridAt(1).RunAsync(Wuhan, Request(1), Short, giveUp.Token));
        Assert.Empty(grid.Device(2).Launched);
        Assert.Equal(0, (await grid.Queue("head-office").GetSnapshot()).Taken);
    }

    [Fact]
    public async Task The_work_of_a_site_without_nodes_goes_to_the_tier_above_it()
    {
        await using var grid = await EdgeAndCloudAsync();
        var reply = await grid.GridAt(1).RunAsync(Leipzig, Request(1), Ample, CancellationToken.None);
        Assert.Equal((1.0, "node-2/native-0"), (reply.Values[(int)Statistic.Mean], reply.Accelerator?.Value));
    }

    [Theory]
    [InlineData("Wu han", 0, "Node:Site = 'Wu han'")]
    [InlineData("", 9, "Node:Tier = 9")]
    public void A_place_that_is_none_is_named(string site, int tier, string named)
    {
        var fault = Assert.Throws<FormatException>(() => new NodeOptions { Node = "node-1", Site = site, Tier = (Tier)tier }.Validate());
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    /// <summary>An edge at Wuhan where so many windows take long, and a quick cloud above it.</summary>
    private static async Task<GridCluster> EdgeAndCloudAsync(int windows = 1, Func<IOutgoingGrainCallContext, Task>? way = null)
    {
        var grid = await StartAsync(
            silos: 2, place: node => (node.Site, node.Tier) = node.Node == "node-1" ? ("wuhan", Tier.Edge) : ("head-office", Tier.Cloud), way: way);
        (grid.Device(1).LaunchTime, grid.Device(1).WindowTime) = windows == 1 ? (TooLong, TimeSpan.Zero) : (TimeSpan.Zero, TooLong / windows);
        await KnowAsync(grid, Wuhan, SiteKey.Parse("head-office"));
        foreach (var (site, node) in new[] { ("wuhan", 1), ("head-office", 2) })
        {
            await grid.Queue(site).GetSnapshot();
            await TwinCluster.UntilAsync(async () => (await grid.Accelerator(node).GetSnapshot()) is { JobsDone: >= 10 } accelerator && accelerator.Queues.Any(queue => queue.Site.Value == site));
        }

        return grid;
    }

    private static Task KnowAsync(GridCluster grid, params SiteKey[] sites) => TwinCluster.UntilAsync(() => Task.FromResult(grid.Cluster.Silos.All(silo =>
        sites.All(site => ((GridDirectory)((Orleans.TestingHost.InProcessSiloHandle)silo).ServiceProvider.GetService(typeof(GridDirectory))!).Serving(site.Value).Count == 1))));
}
