namespace IndustrialTwin.Policy;

/// <summary>A queue's answer to a probe.</summary>
/// <param name="Units">Units that wait and that the asking accelerator could do in time; 0 says that it will be woken when some come.</param>
/// <param name="Fill">The part of a full batch that waits, 0..1.</param>
/// <param name="LatestStartUs">When the batch must start at the latest on the asking accelerator, for its most urgent request.</param>
/// <param name="IsUrgent">Whether that is so soon that another launch should not come before.</param>
/// <param name="IsControl">Whether a control request waits.</param>
/// <param name="IsPromised">Whether other accelerators that asked just before could take all of it.</param>
public readonly record struct QueueOffer(long Units, double Fill, long LatestStartUs, bool IsUrgent, bool IsControl, bool IsPromised)
{
    /// <summary>Whether there is nothing to take.</summary>
    public bool IsEmpty => Units == 0;
}
