namespace IndustrialTwin.Policy;

/// <summary>What an accelerator answers when it is asked for a bid.</summary>
/// <param name="FinishUs">When it would be done with the job.</param>
/// <param name="IsRefused">Whether it would not take it.</param>
public readonly record struct Bid(long FinishUs, bool IsRefused = false)
{
    /// <summary>An accelerator that would not take the job, or did not answer.</summary>
    public static Bid Refused { get; } = new(long.MaxValue, true);
}
