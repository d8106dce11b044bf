using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using Xunit;

namespace IndustrialTwin.Work;

public class ControlPathTests(TwinCluster cluster)
{
    [Fact]
    public async Task A_control_loop_decides_without_any_queue()
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
        {
            Analyses = [],
            Alarms = [],
            Controls =
            [
                new ControlDeclaration("pressure", "force", 7, Statistic.Mean, new ProportionalLaw(0, 1, 0, -1e6, 1e6), "speed", TimeSpan.FromSeconds(30)),
            ],
        });
        await grain.Observe(Plant.Batch(0, machine: key));
        await TwinCluster.UntilAsync(async () => (await grain.GetSnapshot()).Controls is [{ Statistic: not null }]);
        var queue = await cluster.Grains.GetGrain<IWorkQueueGrain>($"{key.Site.Value}/window-statistics.7").GetSnapshot();
        Assert.Equal((0, 0), (queue.Taken, queue.Refused));
    }
}
