namespace IndustrialTwin.Samples;

/// <summary>Rows in event-time order: a time and as many values as channels each. Grows at the end, is taken from at the front.</summary>
internal sealed class RowBuffer
{
    private readonly int _channels;
    private long[] _times;
    private double[] _values;
    private int _first;

    public RowBuffer(int channels, RowBufferState? stored = null)
    {
        _channels = channels;
        _times = stored?.TimesUs ?? [];
        _values = stored?.Values ?? [];
        Count = _times.Length;
    }

    public int Count { get; private set; }

    public ReadOnlySpan<long> TimesUs => _times.AsSpan(_first, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(_first * _channels, Count * _channels);

    public void Add(long timeUs, ReadOnlySpan<double> row)
    {
        if (_first + Count == _times.Length)
        {
            var room = _first > _times.Length / 2 ? _times.Length : Math.Max(16, _times.Length * 2);
            var times = room == _times.Length ? _times : new long[room];
            var values = room == _times.Length ? _values : new double[room * _channels];
            Array.Copy(_times, _first, times, 0, Count);
            Array.Copy(_values, _first * _channels, values, 0, Count * _channels);
            (_times, _values, _first) = (times, values, 0);
        }

        _times[_first + Count] = timeUs;
        row.CopyTo(_values.AsSpan((_first + Count) * _channels, _channels));
        Count++;
    }

    public void RemoveFirst(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Count);
        Count -= rows;
        _first = Count == 0 ? 0 : _first + rows;
    }

    public RowBufferState ToStored() => new(TimesUs.ToArray(), Values.ToArray());
}

/// <summary>Rows as stored.</summary>
[GenerateSerializer, Immutable, Alias("itwin.row-buffer-state")]
internal sealed record RowBufferState([property: Id(0)] long[] TimesUs, [property: Id(1)] double[] Values);
