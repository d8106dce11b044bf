using Microsoft.Extensions.Hosting;

namespace IndustrialTwin.Protocols;

/// <summary>The lifetime of a silo that stops by being killed alone.</summary>
internal sealed class EndlessLifetime : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication()
    {
    }
}
