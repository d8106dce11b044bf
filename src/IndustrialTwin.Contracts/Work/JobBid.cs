namespace IndustrialTwin.Work;

/// <summary>A job that is bid for, because it is too large for a batch or has no other of its kind to share a launch with.</summary>
/// <param name="Kernel">Its kernel, as in a <see cref="WorkQueueKey"/>.</param>
/// <param name="Units">Its units.</param>
/// <param name="PayloadBytes">What would have to be moved to the accelerator, bytes.</param>
/// <param name="Deadline">When its answer is wanted, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.job-demand")]
public readonly record struct JobDemand(
    [property: Id(0)] string Kernel, [property: Id(1)] int Units, [property: Id(2)] long PayloadBytes, [property: Id(3)] DateTimeOffset? Deadline);

/// <summary>An accelerator's bid for a job.</summary>
/// <param name="FinishInUs">In how long it would be done with it, microseconds.</param>
/// <param name="IsRefused">Whether it would not take it.</param>
[GenerateSerializer, Immutable, Alias("itwin.job-bid")]
public readonly record struct JobBid([property: Id(0)] long FinishInUs, [property: Id(1)] bool IsRefused);

/// <summary>What jobs of a kernel cost an accelerator.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Cost">What a launch of it costs.</param>
[GenerateSerializer, Immutable, Alias("itwin.kernel-cost")]
public readonly record struct KernelCost([property: Id(0)] string Kernel, [property: Id(1)] LaunchCost Cost);

/// <summary>A job that an idle accelerator took over from a busy one.</summary>
/// <param name="Number">Its number at its owner, to be answered to; 0 where there was nothing to take.</param>
/// <param name="Request">What is asked for.</param>
[GenerateSerializer, Immutable, Alias("itwin.stolen-job")]
public sealed record StolenJob([property: Id(0)] long Number, [property: Id(1)] Accelerators.ComputeRequest? Request)
{
    /// <summary>There was nothing to take.</summary>
    public static StolenJob None { get; } = new(0, null);
}
