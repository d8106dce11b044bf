using IndustrialTwin.Sites;

namespace IndustrialTwin.Tenants;

/// <summary>For silos without tenants: nothing is limited, nothing is written down.</summary>
internal sealed class NoQuotas : IQuotas
{
    /// <inheritdoc/>
    public bool AreLimited => false;

    /// <inheritdoc/>
    public void TakeSamples(SiteKey site, int samples)
    {
    }

    /// <inheritdoc/>
    public void CheckCompute(SiteKey site)
    {
    }

    /// <inheritdoc/>
    public void Computed(SiteKey site, long launchUs)
    {
    }

    /// <inheritdoc/>
    public ValueTask CheckMachinesAsync(SiteDeclaration declaration, Func<SiteKey, Task<int>> machinesOf) => ValueTask.CompletedTask;
}
