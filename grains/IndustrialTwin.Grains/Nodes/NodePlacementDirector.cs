using IndustrialTwin.Accelerators;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace IndustrialTwin.Nodes;

/// <summary>Finds the silo whose metadata names the node of a grain's key.</summary>
internal sealed class NodePlacementDirector(ISiloMetadataCache metadata) : IPlacementDirector
{
    /// <inheritdoc/>
    /// <exception cref="AcceleratorOfflineException">No silo of that node is in the cluster.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var end = key.IndexOf('/', StringComparison.Ordinal);
        var node = end < 0 ? key : key[..end];
        if (metadata.GetSiloMetadata(context.LocalSilo).Metadata.TryGetValue(NodeOptions.MetadataKey, out var local) && local == node)
        {
            return Task.FromResult(context.LocalSilo);
        }

        foreach (var silo in context.GetCompatibleSilos(target))
        {
            if (metadata.GetSiloMetadata(silo).Metadata.TryGetValue(NodeOptions.MetadataKey, out var name) && name == node)
            {
                return Task.FromResult(silo);
            }
        }

        throw new AcceleratorOfflineException($"Node '{node}' is not in the cluster, so '{key}' cannot be reached; ask another one.");
    }
}
