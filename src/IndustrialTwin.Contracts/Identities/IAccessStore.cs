using IndustrialTwin.Tenants;

namespace IndustrialTwin.Identities;

/// <summary>Where access keys, tenants, sessions, ended passes and what was computed are kept, by a silo.</summary>
public interface IAccessStore
{
    /// <summary>All keys, tenants and ended passes that still count.</summary>
    ValueTask<AccessState> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Keeps a key.</summary>
    ValueTask AddKeyAsync(StoredKey key, CancellationToken cancellationToken = default);

    /// <summary>Makes a key and its sessions count no more; answers false where there is none that counts.</summary>
    ValueTask<bool> RevokeKeyAsync(string id, long nowUs, CancellationToken cancellationToken = default);

    /// <summary>Keeps a tenant in place of the one of its name.</summary>
    ValueTask SetTenantAsync(Tenant tenant, CancellationToken cancellationToken = default);

    /// <summary>Remembers until its end that a pass counts no more; a session of that id is over.</summary>
    ValueTask EndPassAsync(string id, long untilUs, CancellationToken cancellationToken = default);

    /// <summary>Keeps a session, and forgets those that are over.</summary>
    ValueTask AddSessionAsync(SessionSnapshot session, CancellationToken cancellationToken = default);

    /// <summary>All sessions that still count, the newest first.</summary>
    ValueTask<IReadOnlyList<SessionSnapshot>> ReadSessionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Keeps when sessions were used last, and when they end without anybody at them where that has changed.</summary>
    ValueTask UseSessionsAsync(IReadOnlyList<(string Id, long UsedUs, long? EndsUs)> uses, CancellationToken cancellationToken = default);

    /// <summary>Keeps what was computed for sites since the last time.</summary>
    ValueTask AddUsageAsync(IReadOnlyList<ComputeUsage> usage, CancellationToken cancellationToken = default);

    /// <summary>What was computed for a site in a stretch of time, the end excluded.</summary>
    ValueTask<(long Requests, long ComputeUs)> ReadComputeAsync(string site, long fromUs, long toUs, CancellationToken cancellationToken = default);
}

/// <summary>What a silo knows of identities.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Tenants">The tenants.</param>
/// <param name="EndedPasses">Ids of passes that were ended before their time.</param>
public sealed record AccessState(IReadOnlyList<StoredKey> Keys, IReadOnlyList<Tenant> Tenants, IReadOnlyList<string> EndedPasses);

/// <summary>A key as it is kept: its secret is not.</summary>
/// <param name="Key">What is known of it.</param>
/// <param name="Salt">16 random bytes.</param>
/// <param name="Hash">SHA-256 over salt and secret. The secret is 256 random bits, so that a slow hash would add nothing.</param>
public sealed record StoredKey(AccessKey Key, byte[] Salt, byte[] Hash);

/// <summary>What was computed for a site.</summary>
/// <param name="Site">The site.</param>
/// <param name="AtUs">When it was written down, microseconds since 1970-01-01 UTC.</param>
/// <param name="Requests">Requests that devices answered.</param>
/// <param name="ComputeUs">What their launches took, each request its share, microseconds.</param>
public sealed record ComputeUsage(string Site, long AtUs, long Requests, long ComputeUs);
