using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;
using Orleans.Concurrency;

namespace IndustrialTwin.Work;

/// <summary>
/// The work of one kernel that one site's twins ask for, waiting in the order of its deadlines. It places nothing: accelerators that
/// are about to go idle come and take a whole batch. Its grain key is a <see cref="WorkQueueKey"/> as text.
/// </summary>
[Alias("itwin.work-queue"), GrainInterfaceType("itwin.work-queue")]
public interface IWorkQueueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Asks for a computation. The answer comes when the request has ended, once: done; refused at once with the earliest time at which
    /// it could be done; expired, without having been run; or failed on several devices.
    /// </summary>
    /// <exception cref="ArgumentException">The request is malformed, or is none of this queue's kernel.</exception>
    [AlwaysInterleave, ResponseTimeout("00:02:00")]
    [RequiresRole(Role.Engineer)]
    [Alias("submit")]
    Task<ComputeReply> Submit(ComputeRequest request, CancellationToken cancellationToken = default);

    /// <summary>How long such a request would take if it came now, waiting included, microseconds. Nothing is admitted.</summary>
    /// <param name="units">Its units.</param>
    /// <param name="requestClass">Its class.</param>
    /// <param name="deadline">Its deadline, or null: what has an earlier one goes before it.</param>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("outlook")]
    Task<long> Outlook(int units, ComputeClass requestClass, DateTimeOffset? deadline);

    /// <summary>Hears what a launch costs an accelerator that serves the queue.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("calibrate")]
    Task Calibrate(AcceleratorKey accelerator, LaunchCost cost);

    /// <summary>Tells an accelerator that is about to go idle what waits.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("probe")]
    Task<WorkOffer> Probe(WorkPull pull);

    /// <summary>Gives an accelerator one whole batch, the most urgent first.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("take")]
    Task<WorkBatch> Take(WorkPull pull);

    /// <summary>The board names an accelerator that has nothing to do: the queue gives it a batch, if it still has one.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="freeInUs">In how long it could start, microseconds.</param>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("meet")]
    Task Meet(AcceleratorKey accelerator, long freeInUs);

    /// <summary>Brings the answers of a batch. Those to requests that have ended meanwhile are dropped.</summary>
    /// <param name="lease">The batch's lease.</param>
    /// <param name="accelerator">Who ran it.</param>
    /// <param name="cost">What a launch costs it, as it knows now.</param>
    /// <param name="results">The answers.</param>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("complete")]
    Task Complete(long lease, AcceleratorKey accelerator, LaunchCost cost, WorkResult[] results);

    /// <summary>Takes a batch back that its accelerator will not run.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("give-back")]
    Task GiveBack(long lease);

    /// <summary>The queue as it stands.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("get-snapshot")]
    Task<WorkQueueSnapshot> GetSnapshot();
}

/// <summary>A work queue as it stands. Counts are of its present activation; taken = done + expired + failed + cancelled + open.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Waiting">Requests that wait.</param>
/// <param name="Units">Units that wait.</param>
/// <param name="Open">Requests that wait or are with accelerators.</param>
/// <param name="Cancelled">Requests that their callers gave up.</param>
/// <param name="Taken">Requests that were admitted.</param>
/// <param name="Degraded">Those of them admitted with a later deadline than asked.</param>
/// <param name="Refused">Requests that were not admitted.</param>
/// <param name="Done">Requests that were computed.</param>
/// <param name="Expired">Requests that were dropped before they ran, as they could not be in time.</param>
/// <param name="Failed">Requests that failed.</param>
/// <param name="Batches">Batches that accelerators took.</param>
/// <param name="Returned">Requests that came back from an accelerator that failed, or was too long about it.</param>
[GenerateSerializer, Immutable, Alias("itwin.work-queue-snapshot")]
public sealed record WorkQueueSnapshot(
    [property: Id(0)] WorkQueueKey Queue,
    [property: Id(1)] int Waiting,
    [property: Id(2)] long Units,
    [property: Id(3)] int Open,
    [property: Id(4)] long Cancelled,
    [property: Id(5)] long Taken,
    [property: Id(6)] long Degraded,
    [property: Id(7)] long Refused,
    [property: Id(8)] long Done,
    [property: Id(9)] long Expired,
    [property: Id(10)] long Failed,
    [property: Id(11)] long Batches,
    [property: Id(12)] long Returned)
{
    /// <summary>Requests that were asked again while they were open or after they had been answered; they are not admitted anew.</summary>
    [Id(13)]
    public long Repeated { get; init; }
}
