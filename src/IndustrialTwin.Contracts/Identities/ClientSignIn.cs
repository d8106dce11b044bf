namespace IndustrialTwin.Identities;

/// <summary>
/// Signs a client of the grid in: gets a pass for its credential before its first call and again before the pass ends, and lets every
/// call carry it.
/// </summary>
/// <param name="credential">An access key or a provider's token; empty to come as nobody.</param>
/// <param name="grains">The grid, asked when the first call is made.</param>
public sealed class ClientSignIn(string credential, Func<IGrainFactory> grains) : IOutgoingGrainCallFilter, IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Pass? _pass;
    private long _renewAt;

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (credential.Length > 0 && context.TargetId.Type.ToString() is { } type && type.StartsWith("itwin.", StringComparison.Ordinal)
            && context.InterfaceMethod.DeclaringType != typeof(ISignInGrain))
        {
            Pass.Carried = await PassAsync();
        }

        await context.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async ValueTask<string> PassAsync()
    {
        if (_pass is { } known && Environment.TickCount64 < Interlocked.Read(ref _renewAt))
        {
            return known.Text;
        }

        await _one.WaitAsync();
        try
        {
            if (_pass is { } other && Environment.TickCount64 < Interlocked.Read(ref _renewAt))
            {
                return other.Text;
            }

            var pass = await grains().GetGrain<ISignInGrain>(ISignInGrain.Key).SignIn(credential)
                ?? throw new AccessDeniedException("The access key or token does not count here: it is unknown, has ended, or was revoked.");

            // By this computer's own count: its clock may be wrong.
            var left = pass.ExpiresUs - ((DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            var lifetime = TimeSpan.FromMicroseconds(Math.Clamp(left, 1_000_000, 3_600_000_000)) - Early;
            Interlocked.Exchange(ref _renewAt, Environment.TickCount64 + (long)Math.Max(1_000, lifetime.TotalMilliseconds));
            _pass = pass;
            return pass.Text;
        }
        finally
        {
            _one.Release();
        }
    }
}
