namespace IndustrialTwin.Policy;

/// <summary>
/// How quickly units leave a queue while there are some: units taken over the time in which any waited, with a fading memory. Time in
/// which nothing waited says nothing about what the devices could take, and does not count.
/// </summary>
/// <param name="memoryUs">The memory's time constant, microseconds of waiting.</param>
public sealed class DrainRate(long memoryUs)
{
    private double _units;
    private double _timeUs;
    private long _sinceUs;
    private bool _isWaiting;

    /// <summary>Units a microsecond, or 0 while nothing is known.</summary>
    public double UnitsPerUs => _timeUs > 0 ? _units / _timeUs : 0;

    /// <summary>Work waits from now on.</summary>
    public void Waiting(long nowUs)
    {
        if (!_isWaiting)
            (_isWaiting, _sinceUs) = (true, nowUs);
    }

    /// <summary>Units were taken.</summary>
    /// <param name="units">How many.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="remain">Whether more wait.</param>
    public void Taken(long units, long nowUs, bool remain)
    {
        if (_isWaiting)
        {
            var elapsed = Math.Max(1, nowUs - _sinceUs);
            var keep = Math.Exp(-elapsed / (double)memoryUs);
            (_units, _timeUs) = (keep * _units + units, keep * _timeUs + elapsed);
        }

        (_isWaiting, _sinceUs) = (remain, nowUs);
    }
}
