namespace IndustrialTwin.Policy;

/// <summary>When an idle accelerator tries to steal next: after each miss twice as long, after a hit at once.</summary>
/// <param name="firstUs">The pause after the first miss, microseconds.</param>
/// <param name="maxUs">The longest pause, microseconds.</param>
public sealed class StealBackoff(long firstUs, long maxUs)
{
    private long _pauseUs;

    /// <summary>There was something to steal, or other work: the next pause is short again.</summary>
    public void Reset() => _pauseUs = 0;

    /// <summary>There was nothing to steal.</summary>
    /// <param name="nowUs">The time.</param>
    /// <param name="random">Spreads the attempts, so that idle accelerators do not ask in step.</param>
    /// <returns>When to try again.</returns>
    public long Missed(long nowUs, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _pauseUs = Math.Min(_pauseUs == 0 ? firstUs : _pauseUs * 2, maxUs);
        return nowUs + Math.Max(1, _pauseUs / 2 + random.NextInt64(_pauseUs / 2 + 1));
    }
}
