using IndustrialTwin.Samples;
using Orleans.Placement.Rebalancing;

namespace IndustrialTwin.Hosting;

/// <summary>
/// Lets no twin be moved while the log is away. A twin that stays goes on commanding its machine; one that moves could not wake up, since
/// it can read no checkpoint and make no claim, and its control loops would stand still until the log is back.
/// </summary>
internal sealed partial class BalancingPause(ISampleLog log, IServiceProvider services, TimeProvider clock, ILogger<BalancingPause> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(1);

    /// <summary>How long twins stay when nobody asks again, such as this silo when it has died.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isAway = !log.Health.IsAvailable;
            if (isAway)
            {
                try
                {
#pragma warning disable ORLEANSEXP002 // Its interface may change; without it twins stay where they are at any rate.
                    await services.GetRequiredService<IActivationRebalancer>().SuspendRebalancing(Pause).WaitAsync(Pause, clock, stoppingToken);
#pragma warning restore ORLEANSEXP002
                }
                catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
                {
                    LogNotPaused(fault);
                }
            }

            await Task.Delay(isAway ? Repeat : Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log is away, and whoever moves twins could not be told; it is told again in a second.")]
    private partial void LogNotPaused(Exception fault);
}
