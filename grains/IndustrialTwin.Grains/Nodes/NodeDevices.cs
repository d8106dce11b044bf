using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Nodes;

internal sealed class NodeDevices
{
    public IReadOnlyList<AcceleratorKey> Accelerators { get; } = [];
}
