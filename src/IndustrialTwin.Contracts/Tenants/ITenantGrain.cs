using IndustrialTwin.Identities;

namespace IndustrialTwin.Tenants;

/// <summary>The tenants of the installation. There is one such grain, with the key <see cref="Key"/>.</summary>
[Alias("itwin.tenants"), GrainInterfaceType("itwin.tenants")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "tenants";

    /// <summary>Makes a tenant, or changes it. It counts on all silos within seconds.</summary>
    /// <exception cref="ArgumentException">It is not good; the message names the field, the value and what was expected.</exception>
    [RequiresRole(Role.Administrator, Reach.Everything, Audited = true, Fresh = true)]
    [Alias("set")]
    Task Set(Tenant tenant);

    /// <summary>The tenants that the caller may see.</summary>
    [RequiresRole(Role.Viewer, Reach.Anywhere)]
    [Alias("list")]
    Task<Tenant[]> List();

    /// <summary>What a tenant used in a stretch of time, counted out of the durable log alone: counted again it is the same.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="fromUs">The first time, microseconds since 1970-01-01 UTC.</param>
    /// <param name="toUs">The time after the last.</param>
    /// <exception cref="ArgumentException">There is no such tenant, or the times are no stretch that has ended.</exception>
    [RequiresRole(Role.Viewer, Reach.Anywhere), Orleans.ResponseTimeout("00:10:00")]
    [Alias("meter")]
    Task<MeterReading> Meter(string tenant, long fromUs, long toUs);
}

/// <summary>What a tenant used in a stretch of time.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="FromUs">The first time, microseconds since 1970-01-01 UTC.</param>
/// <param name="ToUs">The time after the last.</param>
/// <param name="Sites">Each of its sites.</param>
[GenerateSerializer, Immutable, Alias("itwin.meter-reading")]
public sealed record MeterReading(
    [property: Id(0)] string Tenant, [property: Id(1)] long FromUs, [property: Id(2)] long ToUs, [property: Id(3)] SiteUsage[] Sites);

/// <summary>What one site used.</summary>
/// <param name="Site">The site.</param>
/// <param name="Batches">Batches that were accepted in the stretch, by the database's time of arrival.</param>
/// <param name="Samples">Good samples in them.</param>
/// <param name="StoredBytes">Bytes of payload that they take up in the log.</param>
/// <param name="ComputeRequests">Requests that devices answered.</param>
/// <param name="ComputeUs">What their launches took, each request its share, microseconds.</param>
[GenerateSerializer, Immutable, Alias("itwin.site-usage")]
public sealed record SiteUsage(
    [property: Id(0)] string Site,
    [property: Id(1)] long Batches,
    [property: Id(2)] long Samples,
    [property: Id(3)] long StoredBytes,
    [property: Id(4)] long ComputeRequests,
    [property: Id(5)] long ComputeUs);
