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
    [AlwaysInterleave]
    [Alias("run")]
    Task<ComputeReply> Run(ComputeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Begins to pull work from these queues; from those that it serves already it goes on to.</summary>
    [Alias("open")]
    Task Open(WorkQueueKey[] queues);

    /// <summary>A queue has begun, or begun anew: the accelerator will ask it.</summary>
    [AlwaysInterleave]
    [Alias("serve")]
    Task Serve(WorkQueueKey queue);

    /// <summary>Work has come to a queue that had none for it. Answers whether it comes for it now; else it asks when it is done.</summary>
    [AlwaysInterleave]
    [Alias("wake")]
    Task<bool> Wake(WorkQueueKey queue);

    /// <summary>When it would be done with a job.</summary>
    [AlwaysInterleave]
    [Alias("bid")]
    Task<JobBid> Bid(JobDemand demand);

    /// <summary>Runs a job that it won, after those that it won before; another accelerator may take it over meanwhile.</summary>
    /// <exception cref="ArgumentException">The request is malformed; the message names the field.</exception>
    [AlwaysInterleave]
    [Alias("run-job")]
    Task<ComputeReply> RunJob(ComputeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives a waiting job to an idle accelerator that would be done with it earlier.</summary>
    [AlwaysInterleave]
    [Alias("steal")]
    Task<StolenJob> Steal(AcceleratorKey thief, KernelCost[] costs);

    /// <summary>Brings the answer of a job that was taken over.</summary>
    [AlwaysInterleave]
    [Alias("complete-stolen")]
    Task CompleteStolen(long number, ComputeReply reply);

    /// <summary>The accelerator as it stands.</summary>
    [AlwaysInterleave]
    [Alias("get-snapshot")]
    Task<AcceleratorSnapshot> GetSnapshot();
}
