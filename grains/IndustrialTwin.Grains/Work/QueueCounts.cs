using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Work;

/// <summary>What has become of a queue's requests. Taken = done + expired + failed + cancelled + open.</summary>
internal struct QueueCounts
{
    public long Taken;
    public long Degraded;
    public long Refused;
    public long Done;
    public long Expired;
    public long Failed;
    public long Cancelled;
    public long Batches;
    public long Returned;
    public long Repeated;

    public void Ended(ComputeOutcome outcome)
    {
        switch (outcome)
        {
            case ComputeOutcome.Done:
                Done++;
                break;
            case ComputeOutcome.Expired:
                Expired++;
                break;
            default:
                Failed++;
                break;
        }
    }

    public readonly WorkQueueSnapshot ToSnapshot(WorkQueueKey queue, int waiting, long units, int open) =>
        new(queue, waiting, units, open, Cancelled, Taken, Degraded, Refused, Done, Expired, Failed, Batches, Returned) { Repeated = Repeated };
}
