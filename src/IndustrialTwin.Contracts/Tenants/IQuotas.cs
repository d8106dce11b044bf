using IndustrialTwin.Sites;

namespace IndustrialTwin.Tenants;

/// <summary>What tenants may use, as a silo knows it. Without tenants nothing is limited.</summary>
public interface IQuotas
{
    /// <summary>Whether any tenant has a quota at all: where none has, callers need not ask.</summary>
    bool AreLimited { get; }

    /// <summary>Takes samples off a tenant's allowance before they are written.</summary>
    /// <exception cref="QuotaExceededException">It has none left now.</exception>
    void TakeSamples(SiteKey site, int samples);

    /// <summary>Whether a site's tenant has compute seconds left for today.</summary>
    /// <exception cref="QuotaExceededException">It has not.</exception>
    void CheckCompute(SiteKey site);

    /// <summary>Hears what a request's launch took.</summary>
    void Computed(SiteKey site, long launchUs);

    /// <summary>Whether a declaration fits what the site's tenant may declare.</summary>
    /// <exception cref="QuotaExceededException">It does not.</exception>
    ValueTask CheckMachinesAsync(SiteDeclaration declaration, Func<SiteKey, Task<int>> machinesOf);
}
