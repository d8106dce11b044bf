namespace IndustrialTwin.Samples;

/// <summary>
/// Rows in event-time order: a time and as many values as channels each. Grows at the end, is taken from at the front, and holds no
/// memory while it is empty.
/// </summary>
internal sealed class RowBuffer
{
    private readonly int _channels;
    private long[] _times;
    private double[] _values;
    private int _first;

    public RowBuffer(int channels, RowBufferState? stored = null)
    {
        _channels = channels;
        Count = stored?.TimesUs.Length ?? 0;
        _times = Lent<long>.Copy(stored?.TimesUs);
        _values = Lent<double>.Copy(stored?.Values);
    }

    public int Count { get; private set; }

    public ReadOnlySpan<long> TimesUs => _times.AsSpan(_first, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(_first * _channels, Count * _channels);

    public void Add(long timeUs, ReadOnlySpan<double> row)
    {
        var end = _first + Count;
        if (end == _times.Length || (end + 1) * _channels > _values.Length)
        {
            var room = _first > _times.Length / 2 ? Count + 1 : Math.Max(16, _times.Length * 2);
            _times = Lent<long>.Moved(_times, _first, Count, room);
            _values = Lent<double>.Moved(_values, _first * _channels, Count * _channels, room * _channels);
            _first = 0;
        }

        _times[_first + Count] = timeUs;
        row.CopyTo(_values.AsSpan((_first + Count) * _channels, _channels));
        Count++;
    }

    public void RemoveFirst(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Count);
        Count -= rows;
        _first += rows;
        if (Count == 0)
        {
            _first = 0;
            _times = Lent<long>.Back(_times);
            _values = Lent<double>.Back(_values);
        }
    }

    public RowBufferState ToStored() => new(TimesUs.ToArray(), Values.ToArray());
}

/// <summary>Rows as stored.</summary>
[GenerateSerializer, Immutable, Alias("itwin.row-buffer-state")]
internal sealed record RowBufferState([property: Id(0)] long[] TimesUs, [property: Id(1)] double[] Values);
