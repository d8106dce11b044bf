namespace IndustrialTwin.Samples;

/// <summary>
/// Brings overlapping stretches, ordered by their first times, together to one series ordered by time. Of equal times the one with the
/// lowest log position counts. It holds only what a later stretch may still come before.
/// </summary>
internal sealed class SeriesMerge<T>(long fromUs, long toUs, int pointsMax)
{
    private readonly SortedList<(long TimeUs, long Position, int Index), T> _pending = [];
    private readonly List<long> _times = [];
    private readonly List<T> _points = [];

    public IReadOnlyList<long> TimesUs => _times;

    public IReadOnlyList<T> Points => _points;

    /// <summary>Whether points after the last one were left out.</summary>
    public bool More { get; private set; }

    /// <summary>Takes all that lies before a time no later stretch can reach; answers whether there is room for more.</summary>
    public bool Settle(long beforeUs)
    {
        var taken = 0;
        foreach (var ((time, _, _), point) in _pending)
        {
            if (time >= beforeUs || More)
            {
                break;
            }

            taken++;
            if (_times.Count > 0 && _times[^1] == time)
            {
                continue;
            }

            More = _times.Count == pointsMax;
            if (!More)
            {
                _times.Add(time);
                _points.Add(point);
            }
        }

        if (taken == _pending.Count)
        {
            _pending.Clear();
        }
        else
        {
            for (; taken > 0; taken--)
            {
                _pending.RemoveAt(0);
            }
        }

        return !More;
    }

    public void Add(long position, ReadOnlySpan<long> timesUs, Func<int, T> point)
    {
        for (var i = 0; i < timesUs.Length; i++)
        {
            if (timesUs[i] >= fromUs && timesUs[i] <= toUs)
            {
                _pending.Add((timesUs[i], position, i), point(i));
            }
        }
    }
}
