using IndustrialTwin.Accelerators;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Work;

/// <summary>
/// What this silo knows of the grid: which accelerators and queues there are. It tells the enterprise of its own accelerators, opens
/// them, and looks again every few seconds, so that a new silo takes part without being configured. It places nothing.
/// </summary>
internal sealed partial class GridDirectory(
    NodeDevices devices, ActiveNodes nodes, IGrainFactory grains, IOptions<WorkOptions> options, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<GridDirectory> logger)
    : BackgroundService
{
    private volatile AcceleratorKey[] _accelerators = [];

    /// <summary>The accelerators of the nodes that are in the cluster.</summary>
    public IReadOnlyList<AcceleratorKey> Accelerators => _accelerators.Length > 0 ? _accelerators : devices.Accelerators;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        // Grains can be called when the whole host has started, not before.
        using (var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stopping.Token))
        {
            await Task.Delay(Timeout.Infinite, started.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var isOpen = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var enterprise = grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key);
                if (!isOpen)
                {
                    await enterprise.RegisterAccelerators(devices.Node, [.. devices.Accelerators]);
                    isOpen = true;
                }

                var known = await enterprise.GetSnapshot();
                _accelerators = [.. known.Accelerators.Where(accelerator => nodes.IsActive(accelerator.Node))];
                foreach (var accelerator in devices.Accelerators)
                {
                    await grains.GetGrain<IAcceleratorGrain>(accelerator.Value).Open(known.Queues);
                }
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                LogNotLooked(fault.Message);
            }

            await Task.Delay(options.Value.LookInterval, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grid could not be looked at; it is tried again ({Detail})")]
    private partial void LogNotLooked(string detail);
}
