namespace IndustrialTwin.Protocols;

/// <summary>
/// Virtual time on one thread. Whatever can run now is chosen by the seed, one turn at a time; when nothing can, time goes to what is
/// due next. Nothing of a run may leave this thread: what does is a fault of the simulation and ends it.
/// </summary>
internal sealed class World(int seed, int linesKept)
{
    private const long StallUsMax = 3_000;

    private readonly PriorityQueue<(Action Run, IProcess? Owner), (long TimeUs, long Sequence)> _due = new();
    private readonly List<Turns> _ready = [];
    private readonly Thread _thread = Thread.CurrentThread;
    private long _sequence;

    /// <summary>The chance of this run: interleavings, faults and delays all come from here.</summary>
    public Random Random { get; } = new(seed);

    public Trace Trace { get; } = new(linesKept);

    /// <summary>Microseconds since the run began.</summary>
    public long NowUs { get; private set; }

    /// <summary>Turns and timers so far.</summary>
    public long Steps { get; private set; }

    /// <summary>What must not happen and did.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Says that something happened that must not.</summary>
    public void Violate(string what)
    {
        Note($"VIOLATION {what}");
        Violations.Add(what);
    }

    public void Note(string what) => Trace.Add(NowUs, what);

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    /// <summary>A time between the two, long ones rare.</summary>
    public long Between(long fromUs, long toUs)
    {
        var part = Random.NextDouble();
        return fromUs + (long)((toUs - fromUs) * part * part * part);
    }

    /// <summary>Runs something later; where an owner is given, only if it lives then, and not before it goes on.</summary>
    public void After(long delayUs, Action run, IProcess? owner = null) =>
        _due.Enqueue((run, owner), (NowUs + Math.Max(0, delayUs), _sequence++));

    /// <summary>Waits; to the microsecond, where a timer of the platform's own waits for whole milliseconds.</summary>
    public Task WaitAsync(long delayUs, IProcess? owner = null, CancellationToken cancellationToken = default)
    {
        var over = new TaskCompletionSource();
        After(delayUs, () => over.TrySetResult(), owner);
        return over.Task.WaitAsync(cancellationToken);
    }

    public void Check()
    {
        if (Thread.CurrentThread != _thread)
        {
            throw new InvalidOperationException($"Something of the run left its thread: {Environment.StackTrace}");
        }
    }

    /// <summary>Says that there are turns to run.</summary>
    public void Ready(Turns turns) => _ready.Add(turns);

    /// <summary>Runs until a condition holds; answers false where time or work ran out first.</summary>
    public bool RunUntil(Func<bool> isOver, long timeUsMax)
    {
        while (!isOver())
        {
            if (_ready.Count > 0)
            {
                RunTurn();
            }
            else if (_due.TryDequeue(out var due, out var at) && at.TimeUs <= timeUsMax)
            {
                NowUs = Math.Max(NowUs, at.TimeUs);
                Fire(due.Run, due.Owner);
            }
            else
            {
                return false;
            }

            Steps++;
        }

        return true;
    }

    private static void Fire(Action run, IProcess? owner)
    {
        if (owner is null || owner.IsRunning)
        {
            run();
        }
        else
        {
            owner.Missed(run);
        }
    }

    private void RunTurn()
    {
        var at = Random.Next(_ready.Count);
        var turns = _ready[at];
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (Random.Next(256) == 0)
        {
            After(Between(1, StallUsMax), () => Ready(turns)); // A turn takes long: others and time go past it.
            return;
        }

        if (turns.RunOne())
        {
            Ready(turns);
        }
    }
}

/// <summary>Something that can be stopped, killed and go on.</summary>
internal interface IProcess
{
    bool IsRunning { get; }

    /// <summary>Takes what was due while it stood still.</summary>
    void Missed(Action run);
}
