using IndustrialTwin.Kernels;

namespace IndustrialTwin.Accelerators;

/// <summary>A job that an accelerator has won, and the task that its caller awaits. It ends once.</summary>
internal sealed class PendingJob
{
    private readonly TaskCompletionSource<ComputeReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _cancellation;

    public PendingJob(long number, ComputeRequest request, KernelDemand demand, long serviceUs, CancellationToken cancellationToken)
    {
        (Number, Request, Demand, ServiceUs, CancellationToken) = (number, request, demand, serviceUs, cancellationToken);

        // The book passes over what has ended when its turn comes; nothing else is touched from the token's thread.
        _cancellation = cancellationToken.Register(Cancel);
    }

    public long Number { get; }

    public ComputeRequest Request { get; }

    public KernelDemand Demand { get; }

    /// <summary>How long it should take here, microseconds.</summary>
    public long ServiceUs { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>How often it was taken over and came back; after a few times its owner runs it.</summary>
    public int Returns { get; set; }

    public Task<ComputeReply> Reply => _reply.Task;

    public bool HasEnded => _reply.Task.IsCompleted;

    public void End(ComputeReply reply)
    {
        _cancellation.Unregister();
        _reply.TrySetResult(reply);
    }

    public void Fail(Exception fault)
    {
        _cancellation.Unregister();
        _reply.TrySetException(fault);
    }

    public void Cancel() => _reply.TrySetCanceled(CancellationToken);
}
