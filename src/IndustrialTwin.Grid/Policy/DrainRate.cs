namespace IndustrialTwin.Policy;

/// <summary>
/// How quickly units leave a queue while there are some: units taken over the time in which any waited, with a fading memory. Time in
/// which nothing waited says nothing about what the accelerators could take, and does not count. Nor does the rate of a queue whose
/// work is done in time say what it would get if it were more urgent, since accelerators go where it is urgent: only where work had to
/// be dropped of late is what was taken all that can be had. Else what all accelerators together could take counts.
/// </summary>
public sealed class DrainRate
{
    private const double MemoryBatches = 8;
    private const long Never = long.MinValue;
    private double _units;
    private double _timeUs;
    private long _sinceUs;
    private long _droppedUs = Never;
    private bool _isWaiting;

    /// <summary>The time of a full batch, microseconds: the measure of how long is long.</summary>
    public long MemoryUs { get; set; } = 1;

    /// <summary>How much of what is known speaks against taking more, 0..1: 1 just after work had to be dropped, fading from then on.</summary>
    public double Pressure(long nowUs) =>
        _timeUs == 0 || _droppedUs == Never ? 0 : Math.Exp(-(nowUs - _droppedUs) / (double)Math.Max(1, MemoryUs));

    /// <summary>Units a microsecond, or 0 while nothing is known.</summary>
    /// <param name="nowUs">The time.</param>
    /// <param name="fullUnitsPerUs">What all accelerators together could take, or 0.</param>
    public double UnitsPerUs(long nowUs, double fullUnitsPerUs)
    {
        var pressure = Pressure(nowUs);
        return pressure == 0 ? fullUnitsPerUs : (1 - pressure) * fullUnitsPerUs + pressure * (_units / _timeUs);
    }

    /// <summary>Work waits from now on.</summary>
    public void Waiting(long nowUs)
    {
        if (!_isWaiting)
            (_isWaiting, _sinceUs) = (true, nowUs);
    }

    /// <summary>Work was dropped because it could not be done in time.</summary>
    public void Dropped(long nowUs) => _droppedUs = nowUs;

    /// <summary>Units were taken.</summary>
    /// <param name="units">How many.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="remain">Whether more wait.</param>
    public void Taken(long units, long nowUs, bool remain)
    {
        if (_isWaiting)
        {
            var elapsed = Math.Max(1, nowUs - _sinceUs);
            var keep = Math.Exp(-elapsed / (MemoryBatches * Math.Max(1, MemoryUs)));
            (_units, _timeUs) = (keep * _units + units, keep * _timeUs + elapsed);
        }

        (_isWaiting, _sinceUs) = (remain, nowUs);
    }
}
