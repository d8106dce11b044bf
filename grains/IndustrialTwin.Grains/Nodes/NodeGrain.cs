using IndustrialTwin.Samples;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Statistics;

namespace IndustrialTwin.Nodes;

/// <summary>The twin of the computer that its silo runs on.</summary>
[GrainType("itwin.node"), NodePlacement, Immovable]
internal sealed class NodeGrain(
    NodeDevices devices, IOptions<NodeOptions> options, IEnvironmentStatisticsProvider environment, ILocalSiloDetails silo, TimeProvider clock)
    : Grain, INodeGrain
{
    /// <inheritdoc/>
    public async Task<NodeSnapshot> GetSnapshot()
    {
        var statistics = environment.GetEnvironmentStatistics();
        var runtime = await GrainFactory.GetGrain<IManagementGrain>(0).GetRuntimeStatistics([silo.SiloAddress]);
        var upTime = clock.GetUtcNow() - System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime();
        return new NodeSnapshot(
            devices.Node,
            options.Value.Tier,
            options.Value.Region,
            Environment.ProcessorCount,
            statistics.MaximumAvailableMemoryBytes,
            Environment.WorkingSet,
            float.IsNaN(statistics.FilteredCpuUsagePercentage) ? null : statistics.FilteredCpuUsagePercentage / 100,
            runtime is [{ } local] ? local.ActivationCount : 0,
            clock.NowUs() - (long)upTime.TotalMicroseconds,
            [.. devices.Accelerators])
        {
            Site = options.Value.Site,
        };
    }
}
