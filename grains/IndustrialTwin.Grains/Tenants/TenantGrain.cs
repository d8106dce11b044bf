using IndustrialTwin.Identities;
using IndustrialTwin.Keys;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Tenants;

/// <summary>Knows the tenants, and counts what they used out of the durable log.</summary>
[GrainType("itwin.tenants")]
internal sealed class TenantGrain(IAccessStore store, LogMeter meter, TimeProvider clock) : Grain, ITenantGrain
{
    /// <summary>What arrived is committed by then, or never; a silo writes what was computed more often than that.</summary>
    private const long SettledAfterUs = 60_000_000;

    /// <inheritdoc/>
    public async Task Set(Tenant tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        var known = (await store.ReadAsync()).Tenants;
        if (Fault(tenant, known) is { } fault)
        {
            throw new ArgumentException(fault, nameof(tenant));
        }

        await store.SetTenantAsync(tenant);
    }

    /// <inheritdoc/>
    public async Task<Tenant[]> List() => [.. (await store.ReadAsync()).Tenants.Where(Sees)];

    /// <inheritdoc/>
    public async Task<MeterReading> Meter(string tenant, long fromUs, long toUs)
    {
        if (fromUs >= toUs || toUs > clock.NowUs() - SettledAfterUs)
        {
            throw new ArgumentException(
                $"Tenant '{tenant}': from {UnixTime.ToText(fromUs)} to {UnixTime.ToText(toUs)} is no stretch that can be counted; expected from before to, and to a minute ago at least.", nameof(toUs));
        }

        var found = Array.Find(await List(), known => known.Name == tenant)
            ?? throw new ArgumentException($"There is no tenant '{tenant}'.", nameof(tenant));
        var sites = new List<SiteUsage>();
        foreach (var site in found.Sites.Order(StringComparer.Ordinal))
        {
            var (batches, samples, bytes) = await meter.CountAsync(site, fromUs, toUs);
            var (requests, computeUs) = await store.ReadComputeAsync(site, fromUs, toUs);
            sites.Add(new SiteUsage(site, batches, samples, bytes, requests, computeUs));
        }

        return new MeterReading(tenant, fromUs, toUs, [.. sites]);
    }

    private static bool Sees(Tenant tenant) =>
        Caller.Current is not { } caller || (caller.Tenant is null ? caller.IsEverywhere : caller.Tenant == tenant.Name && tenant.Sites.All(site => caller.Covers(site)));

    private static string? Fault(Tenant tenant, IReadOnlyList<Tenant> known)
    {
        if (KeyPath.Fault(tenant.Name, 1) is { } fault)
        {
            return $"Tenant '{tenant.Name}': name: {fault}.";
        }

        foreach (var site in tenant.Sites)
        {
            if (KeyPath.Fault(site, 1) is { } wrong)
            {
                return $"Tenant '{tenant.Name}': site '{site}': {wrong}.";
            }

            if (known.FirstOrDefault(other => other.Name != tenant.Name && other.Sites.Contains(site)) is { } owner)
            {
                return $"Tenant '{tenant.Name}': site '{site}' is tenant '{owner.Name}''s; expected one that is nobody's.";
            }
        }

        return tenant.Sites.Length == 0 ? $"Tenant '{tenant.Name}': it has no site; expected one at least."
            : tenant.SamplesPerSecond is <= 0 or > 1e12 ? $"Tenant '{tenant.Name}': SamplesPerSecond is {tenant.SamplesPerSecond}; expected above 0."
            : tenant.ComputeSecondsPerDay is <= 0 or > 1e12 ? $"Tenant '{tenant.Name}': ComputeSecondsPerDay is {tenant.ComputeSecondsPerDay}; expected above 0."
            : tenant.Machines is < 0 ? $"Tenant '{tenant.Name}': Machines is {tenant.Machines}; expected 0 or more."
            : null;
    }
}
