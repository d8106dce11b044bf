namespace IndustrialTwin.Chaos;

/// <summary>One batch on its way: when it was due, and when it was acknowledged. Times are of <see cref="Clock"/>.</summary>
internal sealed class Sending(long sequence, TimeSpan due)
{
    private long _acknowledged = -1;
    private int _attempts;

    public long Sequence => sequence;

    public TimeSpan Due => due;

    public int Attempts => _attempts;

    /// <summary>When it was acknowledged, or null: then nobody knows whether it is stored.</summary>
    public TimeSpan? Acknowledged => Interlocked.Read(ref _acknowledged) is var ticks and >= 0 ? TimeSpan.FromTicks(ticks) : null;

    public void Tried() => Interlocked.Increment(ref _attempts);

    public void Acknowledge(TimeSpan at) => Interlocked.Exchange(ref _acknowledged, at.Ticks);
}
