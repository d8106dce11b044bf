using System.Diagnostics;
using IndustrialTwin.Devices;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// Runs requests on an accelerator's device. Whatever happens, each is answered once. Of a payload at another node it fetches only what its
/// device does not hold. Used on one grain's scheduler.
/// </summary>
internal sealed class DeviceRun(AcceleratorKey accelerator, KernelCatalogue catalogue, NodeDevices devices, NodePayloads payloads, IGrainFactory grains)
{
    private const int SeriesMax = 4_096;

    /// <summary>Up to which position the device holds a series, as far as is known: a guess that a missing answer corrects.</summary>
    private readonly Dictionary<Guid, long> _held = [];

    /// <summary>Whether the device can launch now.</summary>
    public bool IsHealthy => devices.DeviceOf(accelerator).Status.IsHealthy;

    /// <summary>Runs a request; a fault of the device or of the way to the payload is an answer.</summary>
    /// <exception cref="ArgumentException">The request is malformed: no device will take it.</exception>
    public Task<ComputeReply> RunAsync(ComputeRequest request, CancellationToken cancellationToken) => RunAsync(request, null, cancellationToken);

    /// <summary>Runs a request of a batch, beside the others of its group: what it throws is a failure of this request alone.</summary>
    public async Task<ComputeReply> TryRunAsync(ComputeRequest request, JobGroup? group = null)
    {
        try
        {
            return await RunAsync(request, group, CancellationToken.None);
        }
        catch (Exception fault)
        {
            return new ComputeReply(ComputeOutcome.Failed, [], Detail: $"{accelerator}: {fault.Message}");
        }
    }

    private async Task<ComputeReply> RunAsync(ComputeRequest request, JobGroup? group, CancellationToken cancellationToken)
    {
        if (request is not ReferredRequest referred)
        {
            return Noted(request, await LaunchAsync(request, group, cancellationToken));
        }

        if (referred is { Series: { } series } && referred.Node != devices.Node && _held.TryGetValue(series, out var end) && end <= referred.End)
        {
            var answer = await RunAsync(referred, await grains.GetGrain<IPayloadGrain>(referred.Node.Value).FetchNewest(referred.Number, end), group, cancellationToken);
            if (answer.Series != SeriesOutcome.Missing)
            {
                return answer;
            }
        }

        return await RunAsync(referred, await FetchAsync(referred), group, cancellationToken);
    }

    private async Task<ComputeReply> RunAsync(ReferredRequest referred, ComputeRequest? payload, JobGroup? group, CancellationToken cancellationToken)
    {
        if (payload is null)
        {
            return new ComputeReply(ComputeOutcome.Expired, [], Detail: $"{accelerator}: the request's caller has given it up.");
        }

        var request = payload with { Deadline = referred.Deadline, TraceParent = referred.TraceParent, Class = referred.Class };
        return Noted(request, await LaunchAsync(request, group, cancellationToken));
    }

    /// <summary>Remembers what the device holds.</summary>
    private ComputeReply Noted(ComputeRequest request, ComputeReply reply)
    {
        if (request is SlidingRequest sliding)
        {
            if (reply.Series != SeriesOutcome.Held)
            {
                _held.Remove(sliding.Series);
            }
            else
            {
                if (_held.Count >= SeriesMax)
                {
                    _held.Clear();
                }

                _held[sliding.Series] = Math.Max(sliding.End, _held.GetValueOrDefault(sliding.Series));
            }
        }

        return reply;
    }

    private async Task<ComputeReply> LaunchAsync(ComputeRequest request, JobGroup? group, CancellationToken cancellationToken)
    {
        var parent = ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out var context) ? context : default;
        var options = new JobOptions(request.Deadline, parent, ClassOf(request.Class), group);
        var reply = await catalogue.RunAsync(devices.DeviceOf(accelerator), devices.ControlOrder, request, options, cancellationToken);
        return reply with { Accelerator = accelerator };
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
