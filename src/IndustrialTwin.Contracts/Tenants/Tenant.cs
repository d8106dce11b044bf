namespace IndustrialTwin.Tenants;

/// <summary>Somebody for whom the installation works: the sites that are theirs, and how much of it they may use.</summary>
/// <param name="Name">The tenant's name, one segment of a key.</param>
/// <param name="Sites">Its sites; no site is two tenants'.</param>
/// <param name="SamplesPerSecond">Samples a second that are accepted over all its machines, or null for no limit.</param>
/// <param name="ComputeSecondsPerDay">Seconds of launches that its requests may take in a day (UTC), or null for no limit.</param>
/// <param name="Machines">Machines that it may declare, or null for no limit.</param>
[GenerateSerializer, Immutable, Alias("itwin.tenant")]
public sealed record Tenant(
    [property: Id(0)] string Name,
    [property: Id(1)] string[] Sites,
    [property: Id(2)] double? SamplesPerSecond = null,
    [property: Id(3)] double? ComputeSecondsPerDay = null,
    [property: Id(4)] int? Machines = null);
