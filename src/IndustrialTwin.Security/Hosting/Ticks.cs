namespace IndustrialTwin.Hosting;

/// <summary>How a background service waits for its next turn.</summary>
public static class Ticks
{
    /// <summary>
    /// Waits for the next tick; false when the service is to stop. A host that could not start ends its services without saying that it
    /// stops, and would take a cancellation that leaves one for its failure.
    /// </summary>
    public static async ValueTask<bool> NextAsync(this PeriodicTimer timer, CancellationToken stoppingToken)
    {
        ArgumentNullException.ThrowIfNull(timer);
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
