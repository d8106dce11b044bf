using IndustrialTwin.Samples;

namespace IndustrialTwin.Controls;

/// <summary>One control loop of one twin: its window, its state and what it has done.</summary>
internal sealed class ControlLoop(ControlDeclaration declaration, FallbackWatch? watch = null)
{
    private ControlState _state;
    private long _anewUs;
    private long _asked;
    private long _decided;
    private long _commands;
    private long _misses;
    private double? _statistic;
    private double? _value;

    public ControlDeclaration Declaration => declaration;

    /// <summary>Whether it decides in time; null where it has no fallback.</summary>
    public FallbackWatch? Watch => watch;

    public NewestWindow Window { get; } = new(declaration.WindowRows);

    /// <summary>Takes samples; answers whether there is something new to decide on.</summary>
    public bool Add(SampleColumn column) => Window.Add(column) && Window.IsFull;

    /// <summary>Begins a decision; the number says which one it is.</summary>
    public long Ask()
    {
        watch?.Asked();
        return ++_asked;
    }

    /// <summary>
    /// Decides on a statistic: a value to command, or null for nothing to do. A decision on older samples than the last one is none. After
    /// a fallback, what was commanded before it stands no more: an interlock that has a reason to act acts again.
    /// </summary>
    public double? Decide(long asked, double statistic)
    {
        if (asked <= _decided)
        {
            return null;
        }

        _decided = asked;
        _statistic = statistic;
        if (watch?.SinceUs is { } since && since != _anewUs)
        {
            (_anewUs, _state) = (since, default);
        }

        (_state, var value) = _state.After(declaration.Law, statistic);
        _value = value ?? _value;
        return value;
    }

    public void Sent() => _commands++;

    /// <summary>What was decided did not leave: an interlock decides again with the next samples.</summary>
    public void NotSent() => _state = default;

    public void Missed(string reason)
    {
        _misses++;
        watch?.Missed(reason);
    }

    public ControlSnapshot ToSnapshot() => new(declaration.Name, declaration.Command, _commands, _misses, _statistic, _value)
    {
        Fallback = declaration.Fallback,
        FallbackSinceUs = watch?.SinceUs,
        FallbackReason = watch?.SinceUs is null ? null : watch.Reason,
    };
}
