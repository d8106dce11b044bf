namespace IndustrialTwin.Alarms;

/// <summary>The median of the last n values, n odd; NaN until n values came.</summary>
internal sealed class RollingMedian
{
    private readonly double[] _ring;
    private readonly double[] _sorted;
    private int _count;
    private int _next;

    public RollingMedian(int length, ReadOnlySpan<double> stored = default)
    {
        _ring = new double[length];
        _sorted = new double[length];
        foreach (var value in stored[Math.Max(0, stored.Length - length)..])
        {
            Add(value);
        }
    }

    public double Add(double value)
    {
        if (_count == _ring.Length)
        {
            var gone = Array.BinarySearch(_sorted, 0, _count, _ring[_next]);
            _count--;
            Array.Copy(_sorted, gone + 1, _sorted, gone, _count - gone);
        }

        var at = Array.BinarySearch(_sorted, 0, _count, value);
        at = at < 0 ? ~at : at;
        Array.Copy(_sorted, at, _sorted, at + 1, _count - at);
        _sorted[at] = value;
        _count++;
        _ring[_next] = value;
        _next = _next + 1 == _ring.Length ? 0 : _next + 1;
        return _count == _ring.Length ? _sorted[_count / 2] : double.NaN;
    }

    /// <summary>The values it holds, oldest first.</summary>
    public double[] ToStored()
    {
        var stored = new double[_count];
        for (var i = 0; i < _count; i++)
        {
            stored[i] = _ring[(_next - _count + i + _ring.Length) % _ring.Length];
        }

        return stored;
    }
}
