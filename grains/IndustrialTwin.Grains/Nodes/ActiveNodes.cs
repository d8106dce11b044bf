using IndustrialTwin.Policy;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace IndustrialTwin.Nodes;

/// <summary>Which nodes are in the cluster now, and where they stand. Asking a grain of another would only find out that it is offline.</summary>
internal sealed class ActiveNodes(ISiloStatusOracle silos, ISiloMetadataCache metadata)
{
    public bool IsActive(NodeKey node) => PlaceOf(node) is not null;

    /// <summary>Where a node stands, or null where it is away.</summary>
    public TierPlace? PlaceOf(NodeKey node)
    {
        foreach (var silo in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            var said = metadata.GetSiloMetadata(silo).Metadata;
            if (said.TryGetValue(NodeOptions.MetadataKey, out var name) && name == node.Value)
            {
                return NodeOptions.PlaceOf(said);
            }
        }

        return null;
    }

    /// <summary>Where the nodes stand.</summary>
    public IReadOnlyList<TierPlace> Places()
    {
        var places = new List<TierPlace>();
        foreach (var silo in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            var said = metadata.GetSiloMetadata(silo).Metadata;
            if (said.ContainsKey(NodeOptions.MetadataKey))
            {
                places.Add(NodeOptions.PlaceOf(said));
            }
        }

        return places;
    }
}
