namespace IndustrialTwin.Accelerators;

/// <summary>
/// From the beginning of a batch's first launch to the end of its last, as its answers tell. What it waited for before is no cost of
/// its kernel.
/// </summary>
internal struct LaunchSpan
{
    private bool _hasAny;
    private bool _hasOther;
    private double _beginMs;
    private double _endMs;

    /// <summary>Whether all of it was computed.</summary>
    public readonly bool IsWhole => _hasAny && !_hasOther;

    /// <summary>Whether any of it failed.</summary>
    public bool HasFailed { get; private set; }

    public readonly TimeSpan Elapsed => TimeSpan.FromMilliseconds(_endMs - _beginMs);

    public void Add(ComputeReply reply)
    {
        HasFailed |= reply.Outcome == ComputeOutcome.Failed;
        if (reply.Outcome != ComputeOutcome.Done)
        {
            _hasOther = true;
            return;
        }

        _beginMs = _hasAny ? Math.Min(_beginMs, reply.QueueWaitMs) : reply.QueueWaitMs;
        _endMs = Math.Max(_endMs, reply.QueueWaitMs + reply.LaunchMs);
        _hasAny = true;
    }
}
