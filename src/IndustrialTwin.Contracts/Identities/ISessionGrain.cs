namespace IndustrialTwin.Identities;

/// <summary>The browsers that are signed in. There is one such grain on every silo, with the key <see cref="Key"/>.</summary>
[Alias("itwin.sessions"), GrainInterfaceType("itwin.sessions")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>The key of the grain.</summary>
    const string Key = "sessions";

    /// <summary>The caller's own sessions, the newest first.</summary>
    [RequiresRole(Role.Viewer, Reach.Anywhere)]
    [Alias("list")]
    Task<SessionSnapshot[]> List();

    /// <summary>Everybody's sessions that the caller may see, its own among them, the newest first.</summary>
    [RequiresRole(Role.Administrator, Reach.Anywhere)]
    [Alias("list-all")]
    Task<SessionSnapshot[]> ListAll();

    /// <summary>Ends one of the caller's own sessions, on all silos within seconds, with what stands by it. Answers false where there is none such.</summary>
    [RequiresRole(Role.Viewer, Reach.Anywhere, Audited = true)]
    [Alias("end")]
    Task<bool> End(string id);

    /// <summary>Ends all of the caller's own sessions but the one that it asks by; answers how many.</summary>
    [RequiresRole(Role.Viewer, Reach.Anywhere, Audited = true)]
    [Alias("end-others")]
    Task<int> EndOthers();

    /// <summary>Ends a session of anybody's whom the caller may see. Answers false where there is none such.</summary>
    [RequiresRole(Role.Administrator, Reach.Anywhere, Audited = true, Fresh = true)]
    [Alias("end-of-anybody")]
    Task<bool> EndOfAnybody(string id);
}

/// <summary>A browser that is signed in.</summary>
/// <param name="Id">Its id; it is no secret.</param>
/// <param name="Holder">Whose it is: the access key's id, or the provider's subject.</param>
/// <param name="Name">The holder's name for people.</param>
/// <param name="Role">The role.</param>
/// <param name="Scopes">The scopes.</param>
/// <param name="Tenant">The tenant, or null.</param>
/// <param name="Way">What was shown when it began.</param>
/// <param name="BegunUs">When it began, microseconds since 1970-01-01 UTC.</param>
/// <param name="From">The address that it was begun from.</param>
/// <param name="Agent">What the browser said that it is, up to 256 characters; nobody checked it.</param>
/// <param name="UsedUs">When it was last used, to within half a minute, microseconds since 1970-01-01 UTC.</param>
/// <param name="EndsUs">When it ends without anybody at it, microseconds since 1970-01-01 UTC.</param>
/// <param name="UntilUs">When it ends in any case, microseconds since 1970-01-01 UTC.</param>
/// <param name="IsThis">Whether it is the one that the caller asks by.</param>
[GenerateSerializer, Immutable, Alias("itwin.session")]
public sealed record SessionSnapshot(
    [property: Id(0)] string Id,
    [property: Id(1)] string Holder,
    [property: Id(2)] string Name,
    [property: Id(3)] Role Role,
    [property: Id(4)] string[] Scopes,
    [property: Id(5)] string? Tenant,
    [property: Id(6)] SignInWay Way,
    [property: Id(7)] long BegunUs,
    [property: Id(8)] string From,
    [property: Id(9)] string Agent,
    [property: Id(10)] long UsedUs,
    [property: Id(11)] long EndsUs,
    [property: Id(12)] long UntilUs,
    [property: Id(13)] bool IsThis = false)
{
    /// <summary>Whether it is that caller's own.</summary>
    public bool IsOf(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Id == Holder && caller.Tenant == Tenant && caller.Proof?.Way == Way;
    }
}
