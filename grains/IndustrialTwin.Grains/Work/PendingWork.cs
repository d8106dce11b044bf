using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Work;

/// <summary>A request that a queue has admitted, and the task that its caller awaits. It ends once.</summary>
internal sealed class PendingWork(long number, ComputeRequest request, int units, long submittedUs)
{
    private readonly TaskCompletionSource<ComputeReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;

    public long Number => number;

    /// <summary>What is asked for; held to the deadline that admission agreed to.</summary>
    public ComputeRequest Request { get; set; } = request;

    public int Units => units;

    public long SubmittedUs => submittedUs;

    /// <summary>How often a device has failed it.</summary>
    public int Failures { get; set; }

    public Task<ComputeReply> Reply => _reply.Task;

    /// <summary>Whether its caller has its answer or has given it up.</summary>
    public bool HasEnded => _reply.Task.IsCompleted;

    public void EndOn(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.Register(() => _reply.TrySetCanceled(cancellationToken));
        }
    }

    public bool TryEnd(ComputeReply reply)
    {
        _cancellation.Unregister();
        return _reply.TrySetResult(reply);
    }
}
