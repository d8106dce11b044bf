namespace IndustrialTwin.Simulation;

/// <summary>Simulated time: what is due runs in the order of its time, and of its posting where times are equal.</summary>
internal sealed class EventLoop
{
    private readonly PriorityQueue<Action, (long TimeUs, long Sequence)> _due = new(1024);
    private long _sequence;

    /// <summary>The time, microseconds.</summary>
    public long NowUs { get; private set; }

    /// <summary>Events that have run.</summary>
    public long Events { get; private set; }

    public void At(long timeUs, Action action) => _due.Enqueue(action, (Math.Max(timeUs, NowUs), _sequence++));

    public void After(long delayUs, Action action) => At(NowUs + delayUs, action);

    /// <summary>Runs until nothing is due, or until it is stopped.</summary>
    public void Run(Func<bool> isOver, CancellationToken cancellationToken)
    {
        while (_due.TryDequeue(out var action, out var at))
        {
            NowUs = at.TimeUs;
            action();
            Events++;
            if ((Events & 0xFFF) == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (isOver())
                return;
        }
    }
}
