namespace IndustrialTwin.Controls;

/// <summary>
/// Counts an activation's commands. The count outlives its control loops: machines refuse a number that is not above the highest they
/// have seen under a fence.
/// </summary>
internal sealed class CommandNumbers
{
    private long _newest;

    /// <summary>The next number, from 1 on.</summary>
    public long Next() => ++_newest;
}
