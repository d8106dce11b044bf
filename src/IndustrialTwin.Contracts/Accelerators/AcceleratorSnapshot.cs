using IndustrialTwin.Identities;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>An accelerator's twin as it stands.</summary>
/// <param name="Accelerator">The accelerator.</param>
/// <param name="Kind">What drives it: <c>NativeCpu</c>, <c>IlgpuCuda</c>, <c>IlgpuOpenCl</c>.</param>
/// <param name="Name">The device's own name.</param>
/// <param name="IsHealthy">Whether it takes work.</param>
/// <param name="MemoryBytes">Its memory, bytes.</param>
/// <param name="QueueJobs">Jobs that wait.</param>
/// <param name="JobsDone">Jobs done since the silo started.</param>
/// <param name="JobsExpired">Jobs dropped because their deadline had passed.</param>
/// <param name="JobsRefused">Jobs refused because the queue was full.</param>
/// <param name="JobsFailed">Jobs that failed.</param>
/// <param name="Launches">Launches; jobs over launches is the mean batch.</param>
/// <param name="Windows">Windows computed.</param>
/// <param name="BusyMs">Time spent in launches, milliseconds.</param>
/// <param name="LastError">The last error, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.accelerator-snapshot")]
public sealed record AcceleratorSnapshot(
    [property: Id(0)] AcceleratorKey Accelerator,
    [property: Id(1)] string Kind,
    [property: Id(2)] string Name,
    [property: Id(3)] bool IsHealthy,
    [property: Id(4)] long MemoryBytes,
    [property: Id(5)] int QueueJobs,
    [property: Id(6)] long JobsDone,
    [property: Id(7)] long JobsExpired,
    [property: Id(8)] long JobsRefused,
    [property: Id(9)] long JobsFailed,
    [property: Id(10)] long Launches,
    [property: Id(11)] long Windows,
    [property: Id(12)] double BusyMs,
    [property: Id(13)] string? LastError) : INarrowed
{
    /// <summary>The work queues that it serves.</summary>
    [Id(14)]
    public WorkQueueKey[] Queues { get; init; } = [];

    /// <summary>Batches that it pulled from them.</summary>
    [Id(15)]
    public long BatchesPulled { get; init; }

    /// <summary>Jobs that it won by bidding.</summary>
    [Id(16)]
    public long JobsWon { get; init; }

    /// <summary>Jobs that it took over from others.</summary>
    [Id(17)]
    public long JobsStolen { get; init; }

    /// <summary>The relative error of its time predictions that 99 of 100 launches kept to, worst kernel, or null before it is known.</summary>
    [Id(18)]
    public double? PredictionErrorP99 { get; init; }

    /// <inheritdoc/>
    public object Narrow(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return this with { Queues = Array.FindAll(Queues, queue => caller.Covers(queue.Value)) };
    }
}
