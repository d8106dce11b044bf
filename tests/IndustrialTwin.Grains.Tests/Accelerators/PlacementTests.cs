using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Nodes;
using Xunit;

namespace IndustrialTwin.Accelerators;

/// <summary>Twins of hardware live where the hardware is, and say so where it is not.</summary>
public class PlacementTests(TwinCluster cluster)
{
    [Theory]
    [InlineData("node-1")]
    [InlineData("node-2")]
    public async Task A_node_and_its_accelerators_live_on_their_own_silo(string node)
    {
        var snapshot = await cluster.Grains.GetGrain<INodeGrain>(node).GetSnapshot();
        Assert.Equal(node, snapshot.Node.Value);
        Assert.All(snapshot.Accelerators, accelerator => Assert.Equal(node, accelerator.Node.Value));
        var grain = cluster.Grains.GetGrain<IAcceleratorGrain>(snapshot.Accelerators[0].Value);
        var before = await grain.GetSnapshot();
        var reply = await grain.Run(new WindowStatisticsRequest([3, 4, 3, 4], 4));
        Assert.Equal(ComputeOutcome.Done, reply.Outcome);
        Assert.Equal(3.5, reply.Values[(int)Statistic.Mean], 6);
        Assert.Equal(snapshot.Accelerators[0], before.Accelerator);
        Assert.True((await grain.GetSnapshot()).JobsDone > before.JobsDone);
    }

    [Fact]
    public async Task A_node_that_is_not_in_the_cluster_is_offline()
    {
        var fault = await Assert.ThrowsAsync<AcceleratorOfflineException>(() => cluster.Grains.GetGrain<IAcceleratorGrain>("node-9/cpu-0").GetSnapshot());
        Assert.Contains("'node-9' is not in the cluster", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AcceleratorOfflineException>(() => cluster.Grains.GetGrain<INodeGrain>("node-9").GetSnapshot());
    }

    [Fact]
    public async Task A_device_that_its_node_does_not_have_is_offline()
    {
        var fault = await Assert.ThrowsAsync<AcceleratorOfflineException>(() => cluster.Grains.GetGrain<IAcceleratorGrain>("node-1/npu-7").GetSnapshot());
        Assert.Contains("Node 'node-1' has no device 'node-1/npu-7'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_request_is_told_its_field_and_an_expired_one_does_not_run()
    {
        var accelerator = (await cluster.Grains.GetGrain<INodeGrain>("node-1").GetSnapshot()).Accelerators[0];
        var grain = cluster.Grains.GetGrain<IAcceleratorGrain>(accelerator.Value);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => grain.Run(new WindowStatisticsRequest([1, 2, 3], 2)));
        var late = await grain.Run(new WindowStatisticsRequest([1, 2], 2) { Deadline = DateTimeOffset.UtcNow.AddSeconds(-1) });
        Assert.Equal(ComputeOutcome.Expired, late.Outcome);
        Assert.Empty(late.Values);
    }
}
