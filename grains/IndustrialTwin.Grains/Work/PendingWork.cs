using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Work;

/// <summary>A request that a queue has admitted, and the task that its caller awaits. It ends once. Used on its queue's scheduler alone.</summary>
internal sealed class PendingWork(long number, ComputeRequest request, int units, long submittedUs)
{
    private readonly TaskCompletionSource<ComputeReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;

    public long Number => number;

    /// <summary>What is asked for; held to the deadline that admission agreed to.</summary>
    public ComputeRequest Request { get; set; } = request;

    /// <summary>Whether that is later than the deadline that was asked for.</summary>
    public bool IsDegraded { get; set; }

    public int Units => units;

    public long SubmittedUs => submittedUs;

    /// <summary>How often a device has failed it.</summary>
    public int Failures { get; set; }

    public Task<ComputeReply> Reply => _reply.Task;

    public bool HasEnded => _reply.Task.IsCompleted;

    /// <summary>Has the queue told, on its scheduler, when the caller gives the request up: the token's own callbacks run elsewhere.</summary>
    public void TellOn(Action<PendingWork> cancelled, TaskScheduler scheduler, CancellationToken cancellationToken)
    {
        // Asked again, the later question counts: its caller still waits, and gives up both at once.
        _cancellation.Unregister();
        _cancellation = default;
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.Register(
                () => Task.Factory.StartNew(() => cancelled(this), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler));
        }
    }

    /// <summary>Ends it; answers what its caller is told.</summary>
    public ComputeReply End(ComputeReply reply)
    {
        _cancellation.Unregister();
        var told = IsDegraded && reply.Outcome == ComputeOutcome.Done ? reply with { DegradedTo = Request.Deadline } : reply;
        _reply.TrySetResult(told);
        return told;
    }

    public void Cancel() => _reply.TrySetCanceled(_cancellation.Token);
}
