using IndustrialTwin.Identities;
using IndustrialTwin.Work;
using Orleans.Concurrency;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// The twin of one device. It lives on the silo that owns the device, so a call to it is a call to the device.
/// Its grain key is an <see cref="AcceleratorKey"/> as text.
/// </summary>
[Alias("itwin.accelerator"), GrainInterfaceType("itwin.accelerator")]
public interface IAcceleratorGrain : IGrainWithStringKey
{
    /// <summary>Runs a request on the device, in a batch with others of its kind.</summary>
    /// <exception cref="ArgumentException">The request is malformed; the message names the field.</exception>
    [AlwaysInterleave, ResponseTimeout("00:02:00")]
    [RequiresRole(Role.Engineer, Reach.Everything)]
    [Alias("run")]
    Task<ComputeReply> Run(ComputeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Begins to pull work from these queues; from those that it serves already it goes on to.</summary>
    [InternalOnly]
    [Alias("open")]
    Task Open(WorkQueueKey[] queues);

    /// <summary>A queue has begun, or begun anew. Answers what a launch of its kernel costs here.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("serve")]
    Task<LaunchCost> Serve(WorkQueueKey queue);

    /// <summary>A queue gives it a batch, since the board named it. Answers whether it runs it; if not, the queue gives it to another.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("give")]
    Task<bool> Give(WorkQueueKey queue, WorkBatch batch);

    /// <summary>When it would be done with a job.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("bid")]
    Task<JobBid> Bid(JobDemand demand);

    /// <summary>Runs a job that it won, after those that it won before; another accelerator may take it over meanwhile.</summary>
    /// <exception cref="ArgumentException">The request is malformed; the message names the field.</exception>
    [AlwaysInterleave, ResponseTimeout("00:02:00")]
    [RequiresRole(Role.Engineer, Reach.Everything)]
    [Alias("run-job")]
    Task<ComputeReply> RunJob(ComputeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives a waiting job to an idle accelerator that would be done with it earlier.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("steal")]
    Task<StolenJob> Steal(AcceleratorKey thief, KernelCost[] costs);

    /// <summary>Brings the answer of a job that was taken over.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("complete-stolen")]
    Task CompleteStolen(long number, ComputeReply reply);

    /// <summary>The accelerator as it stands.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer, Reach.Anywhere)]
    [Alias("get-snapshot")]
    Task<AcceleratorSnapshot> GetSnapshot();
}
