using System.Numerics;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Devices.Residents;

/// <summary>How a device can come by a job's samples.</summary>
internal enum ResidentAnswer
{
    /// <summary>They are in the block once the plan is carried out.</summary>
    Placed,

    /// <summary>All were given, and the block has no place for them: they are used from where they are.</summary>
    Outside,

    /// <summary>Some were not given and are not held.</summary>
    Missing,

    /// <summary>Their place cannot be changed before what is planned has been launched.</summary>
    LaunchFirst,
}

/// <summary>
/// Which series a device holds, and where in its block. A place has room for twice what its jobs span: new samples go behind the old ones,
/// and when the end is reached those still needed move to the front at once, so that windows always lie in one piece. The least recently
/// used place is given away. Bookkeeping alone: the block itself belongs to the device. Used by the owner thread.
/// </summary>
internal sealed class ResidentPool
{
    private const int LeastBits = 6;
    private readonly DeviceCounters? _counters;
    private readonly string _device;
    private readonly Dictionary<ResidentKey, ResidentPlace> _places = [];
    private readonly LinkedList<ResidentPlace> _uses = [];
    private BuddySpace _space;
    private long _launch;
    private ResidentTally _tally;

    /// <summary>A pool for a block of at most so many bytes; 0, or too few for one place, holds nothing.</summary>
    public ResidentPool(long bytesMax, string device = "", DeviceCounters? counters = null)
    {
        (_device, _counters) = (device, counters);
        var bits = bytesMax < sizeof(float) << LeastBits ? 0 : Math.Min(30, BitOperations.Log2((ulong)bytesMax / sizeof(float)));
        Capacity = bits == 0 ? 0 : 1 << bits;
        Bits = bits;
        _space = new BuddySpace(Math.Max(LeastBits, bits), LeastBits);
    }

    /// <summary>Elements of the block, a power of two; 0 where nothing is held.</summary>
    public int Capacity { get; }

    /// <summary>Series that are held.</summary>
    public int Series => _places.Count;

    private int Bits { get; }

    /// <summary>Finds or makes the place of a job's samples; where to read them is <paramref name="from"/>, an element of the block.</summary>
    public ResidentAnswer Place(in SlidingWindows windows, ResidentPlan plan, out int from)
    {
        from = 0;
        var bits = Math.Max(LeastBits, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)(2 * windows.Span))));
        if (Capacity == 0 || bits > Bits || windows.Series == default)
            return NotHeld(windows);
        if (_places.TryGetValue(windows.Series, out var place))
        {
            if (place.First <= windows.First && windows.End <= place.End)
            {
                _tally.Hit(windows.Span, moved: 0);
                return Placed(place, windows, out from);
            }

            if (place.First <= windows.First && windows.End - windows.Samples.Length <= place.End && place.Bits >= bits)
                return Append(place, windows, plan, out from);
            // What is older than what is held comes from a job that was overtaken; it shall not set the series back.
            if (!windows.IsWhole || windows.End <= place.End)
                return NotHeld(windows);
            if (place.Launch == _launch)
                return ResidentAnswer.LaunchFirst;
            GiveAway(place);
        }
        else if (!windows.IsWhole)
        {
            return NotHeld(windows);
        }

        return Load(windows, bits, plan, out from);
    }

    /// <summary>What was planned is launched: places may be moved and given away again.</summary>
    public void Launched()
    {
        _launch++;
        if (_counters is not null)
            _tally.Report(_device, _counters, _places.Count);
        _tally = default;
    }

    /// <summary>Forgets everything: a launch failed, and what the block holds is not known.</summary>
    public void Clear()
    {
        _places.Clear();
        _uses.Clear();
        _space = new BuddySpace(Math.Max(LeastBits, Bits), LeastBits);
        Launched();
    }

    private ResidentAnswer NotHeld(in SlidingWindows windows)
    {
        if (!windows.IsWhole)
        {
            _tally.Miss();
            return ResidentAnswer.Missing;
        }

        _tally.Whole(windows.Span);
        return ResidentAnswer.Outside;
    }

    private ResidentAnswer Append(ResidentPlace place, in SlidingWindows windows, ResidentPlan plan, out int from)
    {
        from = 0;
        var added = (int)(windows.End - place.End);
        if (place.Head + place.Count + added > place.Capacity)
        {
            if (place.Launch == _launch)
                return ResidentAnswer.LaunchFirst;
            var kept = (int)Math.Min(place.Count, Math.Max(place.Span, windows.Span) - added);
            plan.Moves.Add((place.At + place.Head + place.Count - kept, place.At, kept));
            (place.First, place.Head, place.Count) = (place.End - kept, 0, kept);
        }

        plan.Fills.Add((windows.Samples[^added..], place.At + place.Head + place.Count));
        place.Count += added;
        _tally.Hit(windows.Span, added);
        return Placed(place, windows, out from);
    }

    private ResidentAnswer Load(in SlidingWindows windows, int bits, ResidentPlan plan, out int from)
    {
        from = 0;
        int at;
        while ((at = _space.Take(bits)) < 0)
        {
            var oldest = _uses.First!.Value;
            if (oldest.Launch == _launch)
                return ResidentAnswer.LaunchFirst;
            GiveAway(oldest);
            _tally.Evicted();
        }

        var place = new ResidentPlace(windows.Series, at, bits) { First = windows.First, Count = windows.Samples.Length };
        place.Use = _uses.AddLast(place);
        _places.Add(windows.Series, place);
        plan.Fills.Add((windows.Samples, at));
        _tally.Loaded(windows.Span);
        return Placed(place, windows, out from);
    }

    private ResidentAnswer Placed(ResidentPlace place, in SlidingWindows windows, out int from)
    {
        place.Launch = _launch;
        place.Span = Math.Max(place.Span, (int)windows.Span);
        _uses.Remove(place.Use!);
        _uses.AddLast(place.Use!);
        from = place.At + place.Head + (int)(windows.First - place.First);
        return ResidentAnswer.Placed;
    }

    private void GiveAway(ResidentPlace place)
    {
        _places.Remove(place.Series);
        _uses.Remove(place.Use!);
        _space.Return(place.At, place.Bits);
    }
}
