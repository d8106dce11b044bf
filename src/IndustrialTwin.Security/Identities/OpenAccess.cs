namespace IndustrialTwin.Identities;

/// <summary>The door of a silo that only its own computer reaches: it stands open.</summary>
internal sealed class OpenAccess : IAccess
{
    private static readonly Caller Anyone = new("local", "local", Role.Administrator, [Caller.Everywhere]);

    /// <inheritdoc/>
    public bool IsRequired => false;

    /// <inheritdoc/>
    public ValueTask<Pass?> SignInAsync(string credential, string where, CancellationToken cancellationToken = default) =>
        new(Issue(Anyone, TimeSpan.FromHours(1)));

    /// <inheritdoc/>
    public Pass Issue(Caller caller, TimeSpan lifetime) => new(Pass.Nobody, caller, (DateTimeOffset.UtcNow + lifetime).ToUnixTimeMilliseconds() * 1_000);

    /// <inheritdoc/>
    public Pass? Renew(string pass, TimeSpan lifetime) => Issue(Anyone, lifetime);

    /// <inheritdoc/>
    public Caller? Verify(string pass) => Anyone;

    /// <inheritdoc/>
    public ValueTask<Pass> BeginSessionAsync(Caller caller, SessionRequest request, CancellationToken cancellationToken = default) => new(Issue(Anyone, request.LifetimeMax));

    /// <inheritdoc/>
    public void Used(Caller caller)
    {
    }

    /// <inheritdoc/>
    public ValueTask EndSessionAsync(SessionSnapshot session, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask EndAsync(string pass, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
