using IndustrialTwin.Accelerators;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;

namespace IndustrialTwin.Enterprise;

/// <summary>Knows which sites and nodes there are.</summary>
[GrainType("itwin.enterprise")]
internal sealed class EnterpriseGrain([PersistentState("enterprise", "twins")] IPersistentState<EnterpriseState> state) : Grain, IEnterpriseGrain
{
    /// <summary>Queues that accelerators are told of; any other is served too, when the board names an accelerator to it.</summary>
    private const int QueuesMax = 4_096;

    /// <inheritdoc/>
    public Task RegisterSite(SiteKey site) => state.State.Sites.Contains(site)
        ? Task.CompletedTask
        : StoreAsync(state.State with { Sites = [.. state.State.Sites.Append(site).OrderBy(known => known.Value, StringComparer.Ordinal)] });

    /// <inheritdoc/>
    public Task RegisterNode(NodeKey node) => state.State.Nodes.Contains(node)
        ? Task.CompletedTask
        : StoreAsync(state.State with { Nodes = [.. state.State.Nodes.Append(node).OrderBy(known => known.Value, StringComparer.Ordinal)] });

    /// <inheritdoc/>
    public Task RegisterQueue(WorkQueueKey queue) => state.State.Queues.Contains(queue) || state.State.Queues.Length >= QueuesMax
        ? Task.CompletedTask
        : StoreAsync(state.State with { Queues = [.. state.State.Queues.Append(queue).OrderBy(known => known.Value, StringComparer.Ordinal)] });

    /// <inheritdoc/>
    public Task RegisterAccelerators(NodeKey node, AcceleratorKey[] accelerators)
    {
        ArgumentNullException.ThrowIfNull(accelerators);
        AcceleratorKey[] next =
        [
            .. state.State.Accelerators.Where(known => known.Node != node).Concat(accelerators).OrderBy(known => known.Value, StringComparer.Ordinal),
        ];
        return next.SequenceEqual(state.State.Accelerators) ? Task.CompletedTask : StoreAsync(state.State with { Accelerators = next });
    }

    /// <inheritdoc/>
    public Task<EnterpriseSnapshot> GetSnapshot() => Task.FromResult(new EnterpriseSnapshot(state.State.Sites, state.State.Nodes)
    {
        Accelerators = state.State.Accelerators,
        Queues = state.State.Queues,
    });

    private async Task StoreAsync(EnterpriseState next)
    {
        state.State = next;
        await state.WriteStateAsync();
    }
}

/// <summary>What the enterprise stores.</summary>
[GenerateSerializer, Immutable, Alias("itwin.enterprise-state")]
internal sealed record EnterpriseState
{
    [Id(0)]
    public SiteKey[] Sites { get; init; } = [];

    [Id(1)]
    public NodeKey[] Nodes { get; init; } = [];

    [Id(2)]
    public AcceleratorKey[] Accelerators { get; init; } = [];

    [Id(3)]
    public WorkQueueKey[] Queues { get; init; } = [];
}
