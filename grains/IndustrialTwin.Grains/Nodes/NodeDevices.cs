using IndustrialTwin.Accelerators;
using IndustrialTwin.Devices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Nodes;

/// <summary>Opens a node's devices, the preferred one first, in place of what discovery would find.</summary>
public delegate Task<IReadOnlyList<IComputeDevice>> OpenDevices(NodeKey node, CancellationToken cancellationToken);

/// <summary>The devices that this silo owns, the preferred one first. They are opened before the silo takes calls.</summary>
/// <param name="node">This silo's node.</param>
/// <param name="discovery">Which devices are opened.</param>
/// <param name="limits">The limits of each.</param>
/// <param name="drivers">Drivers of further devices, the preferred one first.</param>
/// <param name="logger">Where choices and failures are written.</param>
/// <param name="open">Opens other devices instead, or null.</param>
public sealed class NodeDevices(
    IOptions<NodeOptions> node,
    IOptions<DiscoveryOptions> discovery,
    IOptions<DeviceOptions> limits,
    IEnumerable<NamedDriver> drivers,
    ILogger<NodeDevices> logger,
    OpenDevices? open = null) : IHostedLifecycleService, IAsyncDisposable
{
    private readonly Dictionary<string, IComputeDevice> _devices = [];

    /// <summary>This silo's node.</summary>
    public NodeKey Node { get; } = NodeKey.Parse(node.Value.Node);

    /// <summary>Its accelerators, the preferred one first.</summary>
    public IReadOnlyList<AcceleratorKey> Accelerators { get; private set; } = [];

    /// <summary>The devices in the order that control loops ask them: native first, since what they compute is smaller than a trip to a GPU.</summary>
    public IReadOnlyList<IComputeDevice> ControlOrder { get; private set; } = [];

    /// <summary>The device of an accelerator.</summary>
    /// <exception cref="AcceleratorOfflineException">The node has no such device.</exception>
    public IComputeDevice DeviceOf(AcceleratorKey accelerator) =>
        accelerator.Node == Node && _devices.TryGetValue(accelerator.Device, out var device)
            ? device
            : throw new AcceleratorOfflineException($"Node '{Node}' has no device '{accelerator}'; it has {string.Join(", ", Accelerators)}.");

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var devices = open is not null
            ? await open(Node, cancellationToken)
            : await new DeviceDiscovery(discovery.Value, limits.Value, logger: logger, drivers: drivers).OpenAsync(cancellationToken);
        foreach (var device in devices)
        {
            _devices.Add(device.Description.Id, device);
        }

        ControlOrder = [.. devices.OrderBy(device => device.Description.Kind == DeviceKind.NativeCpu ? 0 : 1)];
        Accelerators = [.. devices.Select(device => AcceleratorKey.Parse($"{Node}/{device.Description.Id}"))];
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices.Values)
        {
            await device.DisposeAsync();
        }
    }
}
