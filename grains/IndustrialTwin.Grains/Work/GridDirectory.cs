using System.Collections.Concurrent;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Nodes;
using IndustrialTwin.Policy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Work;

/// <summary>
/// What this silo knows of the grid: which accelerators and queues there are. It tells the enterprise of its own accelerators, opens
/// them, and looks again every few seconds, so that a new silo takes part without being configured. It places nothing.
/// </summary>
internal sealed partial class GridDirectory(
    NodeDevices devices, ActiveNodes nodes, IGrainFactory grains, IOptions<NodeOptions> node, IOptions<WorkOptions> options, TimeProvider clock,
    IHostApplicationLifetime lifetime, ILogger<GridDirectory> logger)
    : BackgroundService
{
    private volatile Known? _known;

    /// <summary>The accelerators that do a site's work by themselves, of the nodes that are in the cluster.</summary>
    public IReadOnlyList<AcceleratorKey> Serving(string site) => Seen.Serving.GetOrAdd(site, Select, (Seen.Placed, true));

    /// <summary>The accelerators whose jobs this node's may take over.</summary>
    public IReadOnlyList<AcceleratorKey> Owners => Seen.Owners.GetOrAdd(node.Value.Site, Select, (Seen.Placed, false));

    /// <summary>The site that is the tier above another, or null.</summary>
    public string? Above(string site) => TierRule.Above(nodes.Places(), site);

    /// <summary>Whether this node does a queue's work by itself.</summary>
    public bool Serves(WorkQueueKey queue) => TierRule.Serves(node.Value.Site, queue.Site.Value);

    private Known Seen => _known is { Placed.Length: > 0 } known ? known : new Known([.. devices.Accelerators.Select(accelerator => (accelerator, node.Value.Site))]);

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
                var placed =
                    from accelerator in known.Accelerators
                    let place = nodes.PlaceOf(accelerator.Node)
                    where place is not null
                    select (accelerator, place.Value.Site);
                _known = new Known([.. placed]);
                var served = known.Queues.Where(Serves).ToArray();
                foreach (var accelerator in devices.Accelerators)
                {
                    await grains.GetGrain<IAcceleratorGrain>(accelerator.Value).Open(served);
                }
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                LogNotLooked(fault.Message);
            }

            await Task.Delay(options.Value.LookInterval, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static AcceleratorKey[] Select(string site, ((AcceleratorKey Accelerator, string Site)[] Placed, bool IsServing) of) =>
    [
        .. from placed in of.Placed
           where of.IsServing ? TierRule.Serves(placed.Site, site) : TierRule.MayTakeOver(site, placed.Site)
           select placed.Accelerator,
    ];

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grid could not be looked at; it is tried again ({Detail})")]
    private partial void LogNotLooked(string detail);

    /// <summary>What was seen at one look.</summary>
    private sealed record Known((AcceleratorKey Accelerator, string Site)[] Placed)
    {
        public ConcurrentDictionary<string, AcceleratorKey[]> Serving { get; } = new();

        public ConcurrentDictionary<string, AcceleratorKey[]> Owners { get; } = new();
    }
}
