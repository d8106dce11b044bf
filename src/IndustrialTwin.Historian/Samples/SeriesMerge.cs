namespace IndustrialTwin.Samples;

/// <summary>
/// Brings overlapping stretches, ordered by their first times, together to one series ordered by time. Of equal times the one with the
/// lowest log position counts. It holds only what a later stretch may still come before.
/// </summary>
internal sealed class SeriesMerge<T>(long fromUs, long toUs, int pointsMax)
{
    private readonly PriorityQueue<T, (long TimeUs, long Position, int Index)> _pending = new();
    private readonly List<long> _times = [];
    private readonly List<T> _points = [];

    public IReadOnlyList<long> TimesUs => _times;

    public IReadOnlyList<T> Points => _points;

    /// <summary>Whether points after the last one were left out.</summary>
    public bool More { get; private set; }

    /// <summary>Takes all that lies before a time no later stretch can reach; answers whether there is room for more.</summary>
    public bool Settle(long beforeUs)
    {
        while (!More && _pending.TryPeek(out var point, out var at) && at.TimeUs < beforeUs)
        {
            _pending.Dequeue();
            if (_times.Count > 0 && _times[^1] == at.TimeUs)
            {
                continue;
            }

            More = _times.Count == pointsMax;
            if (!More)
            {
                _times.Add(at.TimeUs);
                _points.Add(point);
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
                _pending.Enqueue(point(i), (timesUs[i], position, i));
            }
        }
    }
}
