using IndustrialTwin.Machines;

namespace IndustrialTwin.Controls;

/// <summary>
/// Watches the loops of one twin's activation that declare a fallback: one timer for all, set to when the first could be due. A decision
/// moves no timer; the timer finds out that there was one and waits on. Used on the grain's own thread alone.
/// </summary>
/// <param name="clock">What time it is.</param>
/// <param name="fell">Called with a loop that is due, and whether it was not in fallback before.</param>
internal sealed class FallbackTimer(TimeProvider clock, Action<FallbackWatch, bool> fell) : IDisposable
{
    /// <summary>Timers tell whole milliseconds.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private FallbackWatch[] _watches = [];
    private ITimer? _timer;
    private bool _isActive;
    private bool _isOver;

    /// <summary>Whether a loop is watched still.</summary>
    public bool Watches(FallbackWatch watch) => _isActive && Array.IndexOf(_watches, watch) >= 0;

    /// <summary>Follows a declaration's loops. Those that it leaves as they were are watched on, if they were.</summary>
    /// <param name="declarations">The loops.</param>
    /// <param name="isActive">Whether they are to act; those of a retired machine are not.</param>
    /// <param name="known">The loops that are in fallback, as the log says.</param>
    public void Follow(ControlDeclaration[] declarations, bool isActive, FallbackState[] known)
    {
        var watches = _watches;
        if (_isOver || (watches.Length == 0 && !Array.Exists(declarations, declaration => declaration.Fallback is not null)))
        {
            return;
        }

        _watches = [.. declarations.Where(declaration => declaration.Fallback is not null).Select(declaration => Of(declaration) ?? New(declaration, known))];
        if (isActive && !_isActive)
        {
            _isActive = true;
            Restart();
        }

        _isActive = isActive;
        if (!watches.AsSpan().SequenceEqual(_watches))
        {
            Set();
        }
    }

    /// <summary>Waits anew for the loops that work normally.</summary>
    public void Restart()
    {
        foreach (var watch in _watches.Where(watch => watch.SinceUs is null))
        {
            watch.Begin();
        }

        Set();
    }

    /// <summary>Whether a loop is watched and works normally, as this activation has seen.</summary>
    public bool IsWell(string control) => _isActive && Array.Exists(_watches, watch => watch.Declaration.Name == control && watch.SinceUs is null);

    /// <summary>The watch of the loop that acts as a declaration asks, or null where nothing watches it.</summary>
    public FallbackWatch? Of(ControlDeclaration declaration)
    {
        if (declaration.Fallback is null || _watches.Length == 0)
        {
            return null;
        }

        var wanted = MachineTypes.Fingerprint(declaration);
        return Array.Find(_watches, watch => MachineTypes.Fingerprint(watch.Declaration) == wanted);
    }

    /// <summary>Sets the timer: a loop is watched that was not.</summary>
    public void Set()
    {
        if (_isActive && Next() is { } next)
        {
            (_timer ??= NewTimer()).Change(next > TimeSpan.Zero ? next + Tick : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Watches no more.</summary>
    public void Dispose()
    {
        (_isOver, _isActive, _watches) = (true, false, []);
        _timer?.Dispose();
    }

    private FallbackWatch New(ControlDeclaration declaration, FallbackState[] known)
    {
        ControlTelemetry.Watched();
        var watch = new FallbackWatch(declaration, clock);
        if (Array.Find(known, one => one.Control == declaration.Name) is { } fallen)
        {
            watch.Continue(fallen);
        }

        return watch;
    }

    /// <summary>A timer that looks on the grain's thread, and knows nothing of the call in which it was made.</summary>
    private ITimer NewTimer()
    {
        var turns = TaskScheduler.Current;
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        var timer = clock.CreateTimer(
            _ => Task.Factory.StartNew(Look, CancellationToken.None, TaskCreationOptions.DenyChildAttach, turns), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        flow?.Undo();
        return timer;
    }

    private void Look()
    {
        foreach (var watch in _watches)
        {
            if (_isActive && !watch.IsSeenTo && watch.Left <= TimeSpan.Zero)
            {
                fell(watch, watch.Fall());
            }
        }

        Set();
    }

    /// <summary>How long until the first could be due, or null where none is waited for.</summary>
    private TimeSpan? Next()
    {
        TimeSpan? next = null;
        foreach (var watch in _watches)
        {
            var left = watch.Left;
            next = watch.IsSeenTo || next <= left ? next : left;
        }

        return next;
    }
}
