using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;
using Orleans.Concurrency;

namespace IndustrialTwin.Enterprise;

/// <summary>The top of the ISA-95 hierarchy: knows which sites and nodes there are. There is one, with the key <see cref="Key"/>.</summary>
[Alias("itwin.enterprise"), GrainInterfaceType("itwin.enterprise")]
public interface IEnterpriseGrain : IGrainWithStringKey
{
    /// <summary>The key of the one enterprise.</summary>
    const string Key = "enterprise";

    /// <summary>Hears of a site.</summary>
    [InternalOnly]
    [Alias("register-site")]
    Task RegisterSite(SiteKey site);

    /// <summary>Hears of a node.</summary>
    [InternalOnly]
    [Alias("register-node")]
    Task RegisterNode(NodeKey node);

    /// <summary>Hears of a work queue.</summary>
    [InternalOnly]
    [Alias("register-queue")]
    Task RegisterQueue(WorkQueueKey queue);

    /// <summary>Hears of a node's accelerators, the preferred one first.</summary>
    [InternalOnly]
    [Alias("register-accelerators")]
    Task RegisterAccelerators(NodeKey node, AcceleratorKey[] accelerators);

    /// <summary>Which sites, nodes, accelerators and work queues there are, ordered by key.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer, Reach.Anywhere)]
    [Alias("get-snapshot")]
    Task<EnterpriseSnapshot> GetSnapshot();
}

/// <summary>Which sites and nodes there are.</summary>
/// <param name="Sites">The sites, ordered by key.</param>
/// <param name="Nodes">The nodes, ordered by key.</param>
[GenerateSerializer, Immutable, Alias("itwin.enterprise-snapshot")]
public sealed record EnterpriseSnapshot([property: Id(0)] SiteKey[] Sites, [property: Id(1)] NodeKey[] Nodes) : INarrowed
{
    /// <summary>The accelerators, those of nodes that are away included.</summary>
    [Id(2)]
    public AcceleratorKey[] Accelerators { get; init; } = [];

    /// <summary>The work queues.</summary>
    [Id(3)]
    public WorkQueueKey[] Queues { get; init; } = [];

    /// <inheritdoc/>
    public object Narrow(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return this with
        {
            Sites = Array.FindAll(Sites, site => caller.Sees(site.Value)),
            Queues = Array.FindAll(Queues, queue => caller.Covers(queue.Value)),
        };
    }
}
