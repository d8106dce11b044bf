using System.Diagnostics;
using IndustrialTwin.Devices;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>Runs requests on an accelerator's device. Whatever happens, each is answered once.</summary>
internal sealed class DeviceRun(AcceleratorKey accelerator, KernelCatalogue catalogue, NodeDevices devices, NodePayloads payloads, IGrainFactory grains)
{
    /// <summary>Whether the device can launch now.</summary>
    public bool IsHealthy => devices.DeviceOf(accelerator).Status.IsHealthy;

    /// <summary>Runs a request; a fault of the device or of the way to the payload is an answer.</summary>
    /// <exception cref="ArgumentException">The request is malformed: no device will take it.</exception>
    public async Task<ComputeReply> RunAsync(ComputeRequest request, CancellationToken cancellationToken)
    {
        if (request is ReferredRequest referred)
        {
            var whole = await FetchAsync(referred);
            if (whole is null)
            {
                return new ComputeReply(ComputeOutcome.Expired, [], Detail: $"{accelerator}: the request's caller has given it up.");
            }

            request = whole with { Deadline = referred.Deadline, TraceParent = referred.TraceParent, Class = referred.Class };
        }

        var parent = ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out var context) ? context : default;
        var options = new JobOptions(request.Deadline, parent, ClassOf(request.Class));
        var reply = await catalogue.RunAsync(devices.DeviceOf(accelerator), devices.ControlOrder, request, options, cancellationToken);
        return reply with { Accelerator = accelerator };
    }

    /// <summary>Runs a request of a batch: what it throws is a failure of this request alone.</summary>
    public async Task<ComputeReply> TryRunAsync(ComputeRequest request)
    {
        try
        {
            return await RunAsync(request, CancellationToken.None);
        }
        catch (Exception fault)
        {
            return new ComputeReply(ComputeOutcome.Failed, [], Detail: $"{accelerator}: {fault.Message}");
        }
    }

    private static JobClass ClassOf(ComputeClass requestClass) => requestClass switch
    {
        ComputeClass.Control => JobClass.Control,
        ComputeClass.Deferrable => JobClass.Deferrable,
        _ => JobClass.Monitor,
    };

    private async Task<ComputeRequest?> FetchAsync(ReferredRequest referred) => referred.Node == devices.Node
        ? payloads.Find(referred.Number)
        : await grains.GetGrain<IPayloadGrain>(referred.Node.Value).Fetch(referred.Number);
}
