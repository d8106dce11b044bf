using Orleans.Concurrency;

namespace IndustrialTwin.Identities;

/// <summary>Tells people where they are signed in and ends that, on whichever silo they came to.</summary>
[GrainType("itwin.sessions"), StatelessWorker]
internal sealed class SessionGrain(IAccess access, IAccessStore store) : Grain, ISessionGrain
{
    /// <inheritdoc/>
    public async Task<SessionSnapshot[]> List() => [.. (await ReadAsync()).Where(IsOwn)];

    /// <inheritdoc/>
    public async Task<SessionSnapshot[]> ListAll() => [.. (await ReadAsync()).Where(Sees)];

    /// <inheritdoc/>
    public Task<bool> End(string id) => EndAsync(id, IsOwn);

    /// <inheritdoc/>
    public async Task<int> EndOthers()
    {
        var others = (await ReadAsync()).Where(session => IsOwn(session) && !session.IsThis).ToList();
        foreach (var session in others)
        {
            await access.EndSessionAsync(session);
        }

        return others.Count;
    }

    /// <inheritdoc/>
    public Task<bool> EndOfAnybody(string id) => EndAsync(id, Sees);

    private async Task<bool> EndAsync(string id, Func<SessionSnapshot, bool> may)
    {
        ArgumentNullException.ThrowIfNull(id);
        if ((await ReadAsync()).FirstOrDefault(session => session.Id == id && may(session)) is not { } found)
        {
            return false;
        }

        await access.EndSessionAsync(found);
        return true;
    }

    private async Task<IEnumerable<SessionSnapshot>> ReadAsync()
    {
        var asking = Caller.Current?.Proof?.Session;
        return (await store.ReadSessionsAsync()).Select(session => session with { IsThis = session.Id == asking });
    }

    private static bool IsOwn(SessionSnapshot session) => Caller.Current is { } caller && session.IsOf(caller);

    /// <summary>Whose scopes are all within the caller's own, and for a tenant's administrator the tenant's people.</summary>
    private static bool Sees(SessionSnapshot session) => Caller.Current is { } caller
        && (caller.Tenant is null || caller.Tenant == session.Tenant) && session.Scopes.All(scope => caller.Covers(scope));
}
