namespace IndustrialTwin.Samples;

/// <summary>
/// A set of sequence numbers as ascending ranges. Sources send almost in order, so it is one range most of the time,
/// and adding to its end costs nothing.
/// </summary>
internal sealed class SequenceRanges
{
    /// <summary>More ranges than this are not kept: the oldest are forgotten, and the log itself tells their duplicates.</summary>
    public const int RangesMax = 1_024;

    private readonly List<(long First, long Last)> _ranges;

    public SequenceRanges() => _ranges = new(1);

    /// <summary>Restores a set from alternating first and last numbers.</summary>
    public SequenceRanges(ReadOnlySpan<long> stored)
    {
        _ranges = new(stored.Length / 2);
        for (var i = 0; i + 1 < stored.Length; i += 2)
        {
            _ranges.Add((stored[i], stored[i + 1]));
        }
    }

    /// <summary>The highest number, or -1 when empty.</summary>
    public long Highest => _ranges.Count == 0 ? -1 : _ranges[^1].Last;

    /// <summary>Numbers from 0 to the highest that are not in the set.</summary>
    public long Missing
    {
        get
        {
            var missing = Highest + 1;
            foreach (var (first, last) in _ranges)
            {
                missing -= last - first + 1;
            }

            return missing;
        }
    }

    public bool Contains(long number)
    {
        var at = IndexOfLastStartingAtOrBefore(number);
        return at >= 0 && number <= _ranges[at].Last;
    }

    /// <summary>Adds a number; false where it was there.</summary>
    public bool Add(long number)
    {
        var at = IndexOfLastStartingAtOrBefore(number);
        if (at >= 0 && number <= _ranges[at].Last)
        {
            return false;
        }

        var joinsBefore = at >= 0 && _ranges[at].Last == number - 1;
        var joinsAfter = at + 1 < _ranges.Count && _ranges[at + 1].First == number + 1;
        switch (joinsBefore, joinsAfter)
        {
            case (true, true):
                _ranges[at] = (_ranges[at].First, _ranges[at + 1].Last);
                _ranges.RemoveAt(at + 1);
                break;
            case (true, false):
                _ranges[at] = (_ranges[at].First, number);
                break;
            case (false, true):
                _ranges[at + 1] = (number, _ranges[at + 1].Last);
                break;
            default:
                _ranges.Insert(at + 1, (number, number));
                if (_ranges.Count > RangesMax)
                {
                    _ranges.RemoveAt(0);
                }

                break;
        }

        return true;
    }

    public long[] ToStored()
    {
        var stored = new long[_ranges.Count * 2];
        for (var i = 0; i < _ranges.Count; i++)
        {
            (stored[2 * i], stored[(2 * i) + 1]) = _ranges[i];
        }

        return stored;
    }

    private int IndexOfLastStartingAtOrBefore(long number)
    {
        if (_ranges.Count > 0 && _ranges[^1].First <= number)
        {
            return _ranges.Count - 1;
        }

        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].First <= number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
