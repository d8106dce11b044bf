namespace IndustrialTwin.Gameday;

/// <summary>Where drills are held: throw-away installations on this machine.</summary>
/// <param name="silo">The silo's program.</param>
/// <param name="isSecured">Whether its security is on. It is, but for a test that shows that drills can fail.</param>
internal sealed class Grounds(string silo, bool isSecured = true) : IAsyncDisposable
{
    private Installation? _shared;

    /// <summary>Whether security is on.</summary>
    public bool IsSecured => isSecured;

    /// <summary>The shared installation, started when it is first asked for.</summary>
    public async Task<Installation> SharedAsync(CancellationToken cancellationToken) =>
        _shared ??= await OwnAsync(new InstallationPlan(), cancellationToken);

    /// <summary>One more installation.</summary>
    public Task<Installation> OwnAsync(InstallationPlan plan, CancellationToken cancellationToken) =>
        Installation.StartAsync(silo, plan with { IsSecured = isSecured && plan.IsSecured }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _shared?.DisposeAsync() ?? ValueTask.CompletedTask;
}
