namespace IndustrialTwin.Identities;

/// <summary>The access keys of the installation. There is one such grain, with the key <see cref="Key"/>.</summary>
[Alias("itwin.access-keys"), GrainInterfaceType("itwin.access-keys")]
public interface IAccessKeyGrain : IGrainWithStringKey
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "keys";

    /// <summary>Makes an access key. The secret is in the answer and nowhere else: only its hash is kept.</summary>
    /// <exception cref="ArgumentException">The request is not good; the message names the field, the value and what was expected.</exception>
    /// <exception cref="AccessDeniedException">The caller would give more than it has.</exception>
    [RequiresRole(Role.Administrator, Reach.Anywhere, Audited = true, Fresh = true)]
    [Alias("create")]
    Task<CreatedKey> Create(AccessKeyRequest request);

    /// <summary>The keys that the caller may see, without their secrets, ordered by id.</summary>
    [RequiresRole(Role.Administrator, Reach.Anywhere)]
    [Alias("list")]
    Task<AccessKey[]> List();

    /// <summary>Makes a key count no more, on all silos within seconds. Answers false where there is none that counts.</summary>
    [RequiresRole(Role.Administrator, Reach.Anywhere, Audited = true, Fresh = true)]
    [Alias("revoke")]
    Task<bool> Revoke(string id);
}

/// <summary>What an access key is to be.</summary>
/// <param name="Name">Who or what will hold it, 1 to 64 printable characters.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Scope">Where: a site or a line, a machine for a device, or <c>*</c>.</param>
/// <param name="Tenant">The tenant that it belongs to, or null.</param>
/// <param name="ExpiresUs">Until when it counts, microseconds since 1970-01-01 UTC, or null for no end.</param>
[GenerateSerializer, Immutable, Alias("itwin.access-key-request")]
public sealed record AccessKeyRequest(
    [property: Id(0)] string Name,
    [property: Id(1)] Role Role,
    [property: Id(2)] string Scope,
    [property: Id(3)] string? Tenant = null,
    [property: Id(4)] long? ExpiresUs = null);

/// <summary>An access key as it is known, without its secret.</summary>
/// <param name="Id">Its id, the part of the key that is no secret.</param>
/// <param name="Name">Who or what holds it.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Scope">Where.</param>
/// <param name="Tenant">The tenant that it belongs to, or null.</param>
/// <param name="CreatedUs">When it was made, microseconds since 1970-01-01 UTC.</param>
/// <param name="ExpiresUs">Until when it counts, or null.</param>
/// <param name="RevokedUs">Since when it counts no more, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.access-key")]
public sealed record AccessKey(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] Role Role,
    [property: Id(3)] string Scope,
    [property: Id(4)] string? Tenant,
    [property: Id(5)] long CreatedUs,
    [property: Id(6)] long? ExpiresUs,
    [property: Id(7)] long? RevokedUs)
{
    /// <summary>Whether it counts at a time.</summary>
    public bool CountsAt(long timeUs) => RevokedUs is null && (ExpiresUs is not { } end || timeUs < end);
}

/// <summary>A key that was made.</summary>
/// <param name="Key">What is known of it.</param>
/// <param name="Secret">The whole key as its holder shows it: <c>itwin_id_secret</c>. It cannot be read again.</param>
[GenerateSerializer, Immutable, Alias("itwin.created-key")]
public sealed record CreatedKey([property: Id(0)] AccessKey Key, [property: Id(1)] string Secret);
