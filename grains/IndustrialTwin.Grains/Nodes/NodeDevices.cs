using IndustrialTwin.Accelerators;
using IndustrialTwin.Devices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Nodes;

/// <summary>The devices that this silo owns, the preferred one first. They are opened once, before the silo takes calls.</summary>
public sealed class NodeDevices : IAsyncDisposable
{
    private readonly Dictionary<string, IComputeDevice> _devices = [];

    /// <summary>Finds and opens the node's devices.</summary>
    public NodeDevices(IOptions<NodeOptions> node, IOptions<DeviceDiscoveryOptions> discovery, ILoggerFactory loggers)
        : this(NodeKey.Parse(node.Value.Node), DeviceDiscovery.Open(discovery.Value, loggers))
    {
    }

    /// <summary>Takes over open devices.</summary>
    public NodeDevices(NodeKey node, IReadOnlyList<IComputeDevice> devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        Node = node;
        Accelerators = [.. devices.Select(device => AcceleratorKey.Parse($"{node}/{device.Description.Id}"))];
        foreach (var device in devices)
        {
            _devices.Add(device.Description.Id, device);
        }
    }

    /// <summary>This silo's node.</summary>
    public NodeKey Node { get; }

    /// <summary>Its accelerators, the preferred one first.</summary>
    public IReadOnlyList<AcceleratorKey> Accelerators { get; }

    /// <summary>The device of an accelerator.</summary>
    /// <exception cref="AcceleratorOfflineException">The node has no such device.</exception>
    public IComputeDevice DeviceOf(AcceleratorKey accelerator) =>
        accelerator.Node == Node && _devices.TryGetValue(accelerator.Device, out var device)
            ? device
            : throw new AcceleratorOfflineException($"Node '{Node}' has no device '{accelerator}'; it has {string.Join(", ", Accelerators)}.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices.Values)
        {
            await device.DisposeAsync();
        }
    }
}
