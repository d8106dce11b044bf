namespace IndustrialTwin.Samples;

/// <summary>
/// Brings samples of several channels together to rows of one time each, in event-time order. A row is handed on when every channel
/// has come past its time, or when the newest time lies <c>latenessMax</c> beyond it; a row that lacks a channel then is left out.
/// </summary>
internal sealed class RowAligner
{
    /// <summary>Rows that wait at most; the oldest go first.</summary>
    public const int RowsMax = 1 << 17;

    private readonly int _channels;
    private readonly ulong _complete;
    private readonly long[] _progress;
    private long[] _times;
    private double[] _values;
    private ulong[] _present;
    private int _first;
    private int _count;
    private long _newest = long.MinValue;
    private long _drained;

    public RowAligner(int channels, RowAlignerState? stored = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(channels is > 0 and <= 64, true, nameof(channels));
        _channels = channels;
        _complete = channels == 64 ? ulong.MaxValue : (1UL << channels) - 1;
        _times = Lent<long>.Copy(stored?.TimesUs);
        _values = Lent<double>.Copy(stored?.Values);
        _present = Lent<ulong>.Copy(stored?.Present);
        _count = stored?.TimesUs.Length ?? 0;
        _drained = stored?.DrainedUs ?? long.MinValue;
        _newest = stored?.NewestUs ?? long.MinValue;
        if (stored is null)
        {
            _progress = new long[channels];
            Array.Fill(_progress, long.MinValue);
        }
        else
        {
            _progress = [.. stored.ProgressUs];
        }
    }

    /// <summary>Rows left out because a channel was missing.</summary>
    public long Incomplete { get; private set; }

    /// <summary>Event time up to which rows were handed on, or <see cref="long.MinValue"/>.</summary>
    public long DrainedUs => _drained;

    /// <summary>Adds samples of one channel, times in any order; returns how many came too late for their row.</summary>
    public int Add(int channel, ReadOnlySpan<long> timesUs, ReadOnlySpan<double> values)
    {
        var late = 0;
        var hint = _first + _count;
        for (var i = 0; i < timesUs.Length; i++)
        {
            var time = timesUs[i];
            _newest = Math.Max(_newest, time);
            _progress[channel] = Math.Max(_progress[channel], time);
            if (time <= _drained)
            {
                late++;
                continue;
            }

            var row = FindOrInsert(time, hint);
            hint = row + 1;
            var bit = 1UL << channel;
            if ((_present[row] & bit) == 0)
            {
                _present[row] |= bit;
                _values[(row * _channels) + channel] = values[i];
            }
        }

        return late;
    }

    /// <summary>Hands on the rows that need wait no longer: times, and values row by row.</summary>
    public int Drain(long latenessUs, RowBuffer target)
    {
        if (_count == 0)
        {
            return 0;
        }

        var until = long.MaxValue;
        foreach (var progress in _progress)
        {
            until = Math.Min(until, progress);
        }

        if (_newest > long.MinValue + latenessUs)
        {
            until = Math.Max(until, _newest - latenessUs);
        }

        var handed = 0;
        var surplus = _count - RowsMax;
        while (_count > 0 && (_times[_first] <= until || surplus-- > 0))
        {
            if (_present[_first] == _complete)
            {
                target.Add(_times[_first], _values.AsSpan(_first * _channels, _channels));
                handed++;
            }
            else
            {
                Incomplete++;
            }

            _drained = _times[_first];
            _first++;
            _count--;
        }

        if (_count == 0)
        {
            _first = 0;
            _times = Lent<long>.Back(_times);
            _values = Lent<double>.Back(_values);
            _present = Lent<ulong>.Back(_present);
        }

        return handed;
    }

    public RowAlignerState ToStored() => new(
        _times.AsSpan(_first, _count).ToArray(),
        _values.AsSpan(_first * _channels, _count * _channels).ToArray(),
        _present.AsSpan(_first, _count).ToArray(),
        [.. _progress],
        _newest,
        _drained);

    private int FindOrInsert(long time, int hint)
    {
        var end = _first + _count;
        if (_count == 0 || time > _times[end - 1])
        {
            return Append(time);
        }

        // Columns of one batch share their times: the next sample's row is almost always the one after the last one's.
        if (hint >= _first && hint < end && _times[hint] == time)
        {
            return hint;
        }

        var at = Array.BinarySearch(_times, _first, _count, time);
        return at >= 0 ? at : Insert(~at, time);
    }

    private int Append(long time)
    {
        MakeRoom();
        var row = _first + _count++;
        Clear(row, time);
        return row;
    }

    private int Insert(int at, long time)
    {
        var offset = at - _first;
        MakeRoom();
        at = _first + offset;
        var tail = _count - offset;
        Array.Copy(_times, at, _times, at + 1, tail);
        Array.Copy(_present, at, _present, at + 1, tail);
        Array.Copy(_values, at * _channels, _values, (at + 1) * _channels, tail * _channels);
        _count++;
        Clear(at, time);
        return at;
    }

    private void Clear(int row, long time)
    {
        _times[row] = time;
        _present[row] = 0;
    }

    private void MakeRoom()
    {
        var end = _first + _count;
        if (end < _times.Length && end < _present.Length && (end + 1) * _channels <= _values.Length)
        {
            return;
        }

        var room = _first > _times.Length / 2 ? _count + 1 : Math.Max(16, _times.Length * 2);
        _times = Lent<long>.Moved(_times, _first, _count, room);
        _values = Lent<double>.Moved(_values, _first * _channels, _count * _channels, room * _channels);
        _present = Lent<ulong>.Moved(_present, _first, _count, room);
        _first = 0;
    }
}

/// <summary>Rows that wait, as stored.</summary>
[GenerateSerializer, Immutable, Alias("itwin.row-aligner-state")]
internal sealed record RowAlignerState(
    [property: Id(0)] long[] TimesUs,
    [property: Id(1)] double[] Values,
    [property: Id(2)] ulong[] Present,
    [property: Id(3)] long[] ProgressUs,
    [property: Id(4)] long NewestUs,
    [property: Id(5)] long DrainedUs);
