using Microsoft.Extensions.Hosting;

namespace IndustrialTwin.Live;

/// <summary>
/// Ends the feeds before any part of the host stops. A silo in the same host is one of those parts: asked afterwards, it would look for
/// places for twins that it can no longer have.
/// </summary>
internal sealed class LiveFeedsEnd(LiveFeeds feeds) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => feeds.StopAsync().WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
