using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;
using Orleans.Concurrency;

namespace IndustrialTwin.Nodes;

/// <summary>The twin of one computer. It lives on the silo that runs there. Its grain key is a <see cref="NodeKey"/> as text.</summary>
[Alias("itwin.node"), GrainInterfaceType("itwin.node")]
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>The node as it stands.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer, Reach.Anywhere)]
    [Alias("get-snapshot")]
    Task<NodeSnapshot> GetSnapshot();
}

/// <summary>Where in the grid a node stands.</summary>
[GenerateSerializer, Alias("itwin.tier")]
public enum Tier
{
    /// <summary>Beside the machines.</summary>
    Edge,

    /// <summary>In the plant's own server room.</summary>
    Site,

    /// <summary>In a data centre.</summary>
    Cloud,

    /// <summary>Inside a machine; below <see cref="Edge"/>, though its number came later.</summary>
    Device,
}

/// <summary>A node's twin as it stands.</summary>
/// <param name="Node">The node.</param>
/// <param name="Tier">Its tier.</param>
/// <param name="Region">Its region, or empty.</param>
/// <param name="Processors">Logical processors that the silo may use.</param>
/// <param name="MemoryBytes">Memory that the silo may use, bytes.</param>
/// <param name="MemoryUsedBytes">The silo's working set, bytes.</param>
/// <param name="CpuLoad">The silo's share of its processors over the last seconds, 0..1, or null before it was measured.</param>
/// <param name="Activations">Active grains on the silo.</param>
/// <param name="StartedUs">When the silo started, microseconds since 1970-01-01 UTC.</param>
/// <param name="Accelerators">Its accelerators, the preferred one first.</param>
[GenerateSerializer, Immutable, Alias("itwin.node-snapshot")]
public sealed record NodeSnapshot(
    [property: Id(0)] NodeKey Node,
    [property: Id(1)] Tier Tier,
    [property: Id(2)] string Region,
    [property: Id(3)] int Processors,
    [property: Id(4)] long MemoryBytes,
    [property: Id(5)] long MemoryUsedBytes,
    [property: Id(6)] double? CpuLoad,
    [property: Id(7)] int Activations,
    [property: Id(8)] long StartedUs,
    [property: Id(9)] AcceleratorKey[] Accelerators)
{
    /// <summary>The site whose work it does, or empty where it does that of any.</summary>
    [Id(10)]
    public string Site { get; init; } = string.Empty;
}
