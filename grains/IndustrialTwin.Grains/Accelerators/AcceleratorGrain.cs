using System.Diagnostics;
using IndustrialTwin.Devices;
using IndustrialTwin.Nodes;
using Orleans.Placement;

namespace IndustrialTwin.Accelerators;

/// <summary>The twin of one device; the device itself makes batches of what many callers ask.</summary>
[GrainType("itwin.accelerator"), NodePlacement, Immovable]
internal sealed class AcceleratorGrain : Grain, IAcceleratorGrain
{
    private readonly AcceleratorKey _accelerator;
    private readonly IComputeDevice _device;

    public AcceleratorGrain(IGrainContext context, NodeDevices devices)
    {
        _accelerator = AcceleratorKey.Parse(context.GrainId.Key.ToString()!);
        _device = devices.DeviceOf(_accelerator);
    }

    /// <inheritdoc/>
    public Task<ComputeReply> Run(ComputeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var parent = ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out var context) ? context : default;
        return OperationCalls.RunAsync(_device, request, new JobOptions(request.Deadline, parent), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AcceleratorSnapshot> GetSnapshot()
    {
        var (device, status) = (_device.Description, _device.Status);
        return Task.FromResult(new AcceleratorSnapshot(
            _accelerator,
            device.Kind.ToString(),
            device.Name,
            status.IsHealthy,
            device.MemoryBytes,
            status.QueueJobs,
            status.JobsDone,
            status.JobsExpired,
            status.JobsRefused,
            status.JobsFailed,
            status.Launches,
            status.Windows,
            status.BusyTime.TotalMilliseconds,
            status.LastError));
    }
}
