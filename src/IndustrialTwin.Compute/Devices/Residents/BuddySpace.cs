namespace IndustrialTwin.Devices.Residents;

/// <summary>
/// Places of powers of two in one block of memory, halved to be given and joined again when both halves are back (Knowlton, A Fast Storage
/// Allocator, CACM 1965). For one thread.
/// </summary>
internal sealed class BuddySpace
{
    private readonly int _leastBits;
    private readonly HashSet<int>[] _free;

    /// <summary>A space of 2^<paramref name="bits"/> elements that gives places of 2^<paramref name="leastBits"/> or more.</summary>
    public BuddySpace(int bits, int leastBits)
    {
        _leastBits = leastBits;
        _free = [.. Enumerable.Range(leastBits, bits - leastBits + 1).Select(_ => new HashSet<int>())];
        _free[^1].Add(0);
    }

    /// <summary>Takes a place of 2^<paramref name="bits"/> elements; -1 where none is left.</summary>
    public int Take(int bits)
    {
        var order = bits - _leastBits;
        for (var found = order; found < _free.Length; found++)
        {
            if (_free[found].Count == 0)
                continue;
            var at = _free[found].First();
            _free[found].Remove(at);
            while (found > order)
            {
                found--;
                _free[found].Add(at + (1 << (found + _leastBits)));
            }

            return at;
        }

        return -1;
    }

    /// <summary>Gives a place back that was taken with the same bits.</summary>
    public void Return(int at, int bits)
    {
        var order = bits - _leastBits;
        while (order < _free.Length - 1 && _free[order].Remove(at ^ (1 << (order + _leastBits))))
        {
            at &= ~(1 << (order + _leastBits));
            order++;
        }

        _free[order].Add(at);
    }
}
