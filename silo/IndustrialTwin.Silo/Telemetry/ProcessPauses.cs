using System.Diagnostics;

namespace IndustrialTwin.Telemetry;

/// <summary>Why a process stood still for a moment.</summary>
internal enum PauseKind
{
    /// <summary>The garbage collector stopped it.</summary>
    Collection,

    /// <summary>A thread that was due did not get a processor.</summary>
    Processor,

    /// <summary>The runtime's pool had no thread free for what was due.</summary>
    ThreadPool,
}

/// <summary>
/// The moments in which this process stood still, of the last seconds. A thread of its own wakes every few milliseconds and looks what
/// became of the time: what the collector stopped, how late it was woken itself, and how late the pool runs what it posts.
/// </summary>
internal sealed class ProcessPauses : IDisposable
{
    private const int Kept = 1_024;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Disorder = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly (PauseKind Kind, DateTime Began, DateTime Ended)[] _newest = new (PauseKind, DateTime, DateTime)[Kept];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private int _next;
    private int _posted;
    private DateTime _woke = DateTime.UtcNow;
    private TimeSpan _collected = GC.GetTotalPauseDuration();

    public ProcessPauses()
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "pauses" };
        _thread.Start();
    }

    /// <summary>How long the process stood still for a reason within a span of time, milliseconds.</summary>
    public double Within(PauseKind kind, DateTime began, DateTime ended)
    {
        lock (_gate)
        {
            var ticks = UnnotedTicks(kind, began, ended);

            // The newest first. They are in the order of their ends but for threads that overtook each other.
            for (var i = 1; i <= Kept; i++)
            {
                var pause = _newest[(_next - i + Kept) % Kept];
                if (pause.Ended + Disorder < began)
                {
                    break;
                }

                if (pause.Kind == kind && pause.Ended > began && pause.Began < ended)
                {
                    ticks += Overlap(pause.Began, pause.Ended, began, ended);
                }
            }

            return (double)ticks / TimeSpan.TicksPerMillisecond;
        }
    }

    /// <summary>Notes a pause.</summary>
    internal void Add(PauseKind kind, DateTime began, DateTime ended)
    {
        lock (_gate)
        {
            _newest[_next] = (kind, began, ended);
            _next = (_next + 1) % Kept;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private static long Overlap(DateTime began, DateTime ended, DateTime from, DateTime to) =>
        Math.Max(0, Math.Min(ended.Ticks, to.Ticks) - Math.Max(began.Ticks, from.Ticks));

    /// <summary>
    /// What the thread has not noted of a pause, since it has not run since: whoever asks ran before it. When it was since the thread woke
    /// last is not known, so all of it counts for a span that has room for it.
    /// </summary>
    private long UnnotedTicks(PauseKind kind, DateTime from, DateTime to)
    {
        var now = DateTime.UtcNow;
        var stopped = GC.GetTotalPauseDuration() - _collected;
        var paused = kind switch
        {
            PauseKind.Collection => stopped,
            PauseKind.Processor => now - _woke - Period - stopped,
            _ => TimeSpan.Zero,
        };
        return paused < Least ? 0 : Math.Min(paused.Ticks, Overlap(_woke, now, from, to));
    }

    private void Watch()
    {
        while (true)
        {
            var slept = Stopwatch.GetTimestamp();
            if (_stop.Wait(Period))
            {
                return;
            }

            lock (_gate)
            {
                var (now, late) = (DateTime.UtcNow, Stopwatch.GetElapsedTime(slept) - Period);
                var stopped = GC.GetTotalPauseDuration() - _collected;
                if (stopped >= Least)
                {
                    Add(PauseKind.Collection, now - (late > stopped ? late : stopped), now);
                }

                if (late - stopped >= Least)
                {
                    Add(PauseKind.Processor, now - (late - stopped), now);
                }

                (_collected, _woke) = (_collected + stopped, now);
            }

            if (Interlocked.CompareExchange(ref _posted, 1, 0) == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static state => state.Pauses.Ran(state.Posted), (Pauses: this, Posted: DateTime.UtcNow), preferLocal: false);
            }
        }
    }

    private void Ran(DateTime posted)
    {
        Volatile.Write(ref _posted, 0);
        if (DateTime.UtcNow is var now && now - posted >= Least)
        {
            Add(PauseKind.ThreadPool, posted, now);
        }
    }
}
