using Orleans.Runtime.MembershipService.SiloMetadata;

namespace IndustrialTwin.Nodes;

/// <summary>Which nodes are in the cluster now. Asking a grain of another would only find out that it is offline.</summary>
internal sealed class ActiveNodes(ISiloStatusOracle silos, ISiloMetadataCache metadata)
{
    public bool IsActive(NodeKey node)
    {
        foreach (var silo in silos.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            if (metadata.GetSiloMetadata(silo).Metadata.TryGetValue(NodeOptions.MetadataKey, out var name) && name == node.Value)
            {
                return true;
            }
        }

        return false;
    }
}
