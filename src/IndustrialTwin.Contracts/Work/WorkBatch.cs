using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Work;

/// <summary>A batch that an accelerator took.</summary>
/// <param name="Lease">Its number, to be given back by <see cref="IWorkQueueGrain.Complete"/>; 0 where nothing was left.</param>
/// <param name="Items">The requests, the most urgent first.</param>
/// <param name="Units">Their units.</param>
[GenerateSerializer, Immutable, Alias("itwin.work-batch")]
public sealed record WorkBatch([property: Id(0)] long Lease, [property: Id(1)] WorkItem[] Items, [property: Id(2)] int Units)
{
    /// <summary>Nothing was left.</summary>
    public static WorkBatch Empty { get; } = new(0, [], 0);
}

/// <summary>One request of a batch.</summary>
/// <param name="Number">Its number in its queue.</param>
/// <param name="Request">What is asked for; its deadline is the one that admission agreed to.</param>
[GenerateSerializer, Immutable, Alias("itwin.work-item")]
public readonly record struct WorkItem([property: Id(0)] long Number, [property: Id(1)] ComputeRequest Request);

/// <summary>What became of one request of a batch.</summary>
/// <param name="Number">Its number in its queue.</param>
/// <param name="Reply">The answer.</param>
[GenerateSerializer, Immutable, Alias("itwin.work-result")]
public readonly record struct WorkResult([property: Id(0)] long Number, [property: Id(1)] ComputeReply Reply);
