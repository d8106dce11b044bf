namespace IndustrialTwin.Protocols;

/// <summary>A process' clock in virtual time. Its date can jump; what it measures and waits for cannot.</summary>
internal sealed class VirtualClock(World world, IProcess? owner) : TimeProvider
{
    /// <summary>When every run begins.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How far the date is off.</summary>
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => 1_000_000;

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromMicroseconds(world.NowUs) + Offset;

    public override long GetTimestamp() => world.NowUs;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private long _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
            {
                throw new NotSupportedException("Nothing in a run repeats by a timer.");
            }

            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock.After((long)Math.Ceiling(dueTime.TotalMicroseconds), () =>
                {
                    if (setting == _setting)
                    {
                        callback(state);
                    }
                });
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }

    private void After(long delayUs, Action run) => world.After(delayUs, run, owner);
}
