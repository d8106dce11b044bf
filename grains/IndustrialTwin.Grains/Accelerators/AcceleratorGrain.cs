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
    private readonly NodeDevices _devices;
    private IComputeDevice? _device;

    public AcceleratorGrain(IGrainContext context, NodeDevices devices)
    {
        _accelerator = AcceleratorKey.Parse(context.GrainId.Key.ToString()!);
        _devices = devices;
    }

    /// <summary>The device; looked up by the calls, so that they are answered with what is wrong with it and not with a failed activation.</summary>
    private IComputeDevice Device => _device ??= _devices.DeviceOf(_accelerator);

    /// <inheritdoc/>
    public Task<ComputeReply> Run(ComputeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var parent = ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out var context) ? context : default;
        return OperationCalls.RunAsync(Device, request, new JobOptions(request.Deadline, parent), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AcceleratorSnapshot> GetSnapshot()
    {
        var (device, status) = (Device.Description, Device.Status);
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
