using IndustrialTwin.Tenants;

namespace IndustrialTwin.Identities;

/// <summary>Counts the silos of the cluster.</summary>
internal sealed class ActiveSilos(ISiloStatusOracle silos) : ISiloCount
{
    /// <inheritdoc/>
    public int Count => silos.GetApproximateSiloStatuses(onlyActive: true).Count;
}
