using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <summary>
/// Tells from one channel whether the machine runs, and adds up for how long, in event time. A silence longer than
/// <see cref="SilenceUs"/> or twenty sampling periods counts as not observed.
/// </summary>
internal sealed class RunningClock
{
    /// <summary>The shortest silence that counts as one.</summary>
    public const long SilenceUs = 10_000_000;

    private const int SilencePeriods = 20;

    private readonly double _atLeast;
    private readonly long _silenceUs;
    private readonly RowAligner _aligner;
    private readonly RowBuffer _rows = new(1);
    private long _lastUs = long.MinValue;

    public RunningClock(ChannelDeclaration channel, RunningRule? rule, RunningClockState? stored = null)
    {
        Channel = channel.Name;
        _atLeast = rule?.AtLeast ?? double.NegativeInfinity;
        _silenceUs = Math.Max(SilenceUs, (long)(SilencePeriods * 1e6 / channel.RateHz));
        _aligner = new RowAligner(1, stored?.Aligner);
        if (stored is not null)
        {
            (State, RunningUs, ObservedUs, _lastUs) = (stored.State, stored.RunningUs, stored.ObservedUs, stored.LastUs);
        }
    }

    public string Channel { get; }

    public RunningState State { get; private set; }

    public long RunningUs { get; private set; }

    public long ObservedUs { get; private set; }

    public void Add(SampleColumn column) => _aligner.Add(0, column.TimesUs, column.Values);

    public void Advance(long latenessUs)
    {
        _aligner.Drain(latenessUs, _rows);
        var times = _rows.TimesUs;
        var values = _rows.Values;
        for (var i = 0; i < times.Length; i++)
        {
            var passed = _lastUs == long.MinValue ? 0 : times[i] - _lastUs;
            if (passed <= _silenceUs)
            {
                ObservedUs += passed;
                RunningUs += State == RunningState.Running ? passed : 0;
            }

            State = values[i] >= _atLeast ? RunningState.Running : RunningState.Stopped;
            _lastUs = times[i];
        }

        _rows.RemoveFirst(_rows.Count);
    }

    public RunningClockState ToStored() => new(Channel, _aligner.ToStored(), State, RunningUs, ObservedUs, _lastUs);
}

/// <summary>A running clock as stored.</summary>
[GenerateSerializer, Immutable, Alias("itwin.running-clock-state")]
internal sealed record RunningClockState(
    [property: Id(0)] string Channel,
    [property: Id(1)] RowAlignerState Aligner,
    [property: Id(2)] RunningState State,
    [property: Id(3)] long RunningUs,
    [property: Id(4)] long ObservedUs,
    [property: Id(5)] long LastUs);
