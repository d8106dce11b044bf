using IndustrialTwin.Identities;

namespace IndustrialTwin.Audit;

/// <summary>The audit log for those who may read it. There is one such grain, with the key <see cref="Key"/>.</summary>
[Alias("itwin.audit"), GrainInterfaceType("itwin.audit")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "audit";

    /// <summary>Records from a number on, in order; a tenant's administrator sees the tenant's own.</summary>
    /// <param name="fromNumber">The first number.</param>
    /// <param name="recordsMax">How many at most, 1 to 1,000.</param>
    [RequiresRole(Role.Administrator, Reach.Anywhere)]
    [Alias("read")]
    Task<AuditRecord[]> Read(long fromNumber, int recordsMax);

    /// <summary>Reads the whole log and says whether it is as it was written.</summary>
    /// <param name="anchor">A head that was kept elsewhere, or null: the log must still hold it.</param>
    [RequiresRole(Role.Administrator, Reach.Everything), Orleans.ResponseTimeout("00:10:00")]
    [Alias("verify")]
    Task<AuditVerdict> Verify(AuditHead? anchor);
}

/// <summary>The newest record of an audit log, to be kept elsewhere.</summary>
/// <param name="Number">Its number; 0 for an empty log.</param>
/// <param name="Hash">Its hash, lower-case hexadecimal.</param>
[GenerateSerializer, Immutable, Alias("itwin.audit-head")]
public sealed record AuditHead([property: Id(0)] long Number, [property: Id(1)] string Hash);

/// <summary>What reading the whole audit log came to.</summary>
/// <param name="Records">How many records there are.</param>
/// <param name="Head">The newest.</param>
/// <param name="BrokenAt">The number of the first record that is not as it was written, or null.</param>
/// <param name="Fault">What is wrong with it, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.audit-verdict")]
public sealed record AuditVerdict(
    [property: Id(0)] long Records, [property: Id(1)] AuditHead Head, [property: Id(2)] long? BrokenAt, [property: Id(3)] string? Fault)
{
    /// <summary>Whether it is as it was written.</summary>
    public bool IsGood => Fault is null;
}
