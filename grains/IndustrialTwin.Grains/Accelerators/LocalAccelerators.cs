using IndustrialTwin.Nodes;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// How a twin finds a device: it asks the accelerators of its own node, the preferred one first, and goes on to the next where one is
/// full, offline or failed. It ends with an answer or with the caller's cancellation.
/// </summary>
internal sealed partial class LocalAccelerators(NodeDevices devices, IGrainFactory grains, TimeProvider clock, ILogger<LocalAccelerators> logger)
{
    private static readonly TimeSpan RoundDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RoundDelayMax = TimeSpan.FromSeconds(2);

    /// <summary>Runs a request; answers what was computed and by which accelerator.</summary>
    /// <exception cref="ArgumentException">The request is malformed: no accelerator will take it.</exception>
    public async Task<(ComputeReply Reply, string Accelerator)> RunAsync(ComputeRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (var delay = RoundDelay; ; delay = delay * 2 < RoundDelayMax ? delay * 2 : RoundDelayMax)
        {
            foreach (var accelerator in devices.Accelerators)
            {
                if (await AskAsync(accelerator, request with { Deadline = clock.GetUtcNow() + timeout }, cancellationToken) is { } reply)
                {
                    return (reply, accelerator.Value);
                }
            }

            await Task.Delay(delay, clock, cancellationToken);
        }
    }

    private async Task<ComputeReply?> AskAsync(AcceleratorKey accelerator, ComputeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await grains.GetGrain<IAcceleratorGrain>(accelerator.Value).Run(request, cancellationToken);
            if (reply.Outcome == ComputeOutcome.Done)
            {
                return reply;
            }

            LogNotDone(accelerator, reply.Outcome, reply.Detail);
        }
        catch (Exception fault) when (fault is not (ArgumentException or OperationCanceledException))
        {
            LogNotDone(accelerator, ComputeOutcome.Failed, fault.Message);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Accelerator} answered {Outcome}: {Detail} The next one is asked.")]
    private partial void LogNotDone(AcceleratorKey accelerator, ComputeOutcome outcome, string? detail);
}
