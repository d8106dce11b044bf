namespace IndustrialTwin.Samples;

/// <summary>Regular times: <c>startUs + round(i · stepUs)</c>, halves to even.</summary>
internal static class SamplePayloadTimes
{
    /// <summary>The largest time that a double still tells to the microsecond is 2^53; regular times stay below 2^62 in any case.</summary>
    private const double OffsetUsMax = 1L << 62;

    /// <summary>Whether the last of <paramref name="count"/> times is in range.</summary>
    internal static bool InRange(long startUs, double stepUs, int count)
    {
        var offset = stepUs * Math.Max(0, count - 1);
        return offset < OffsetUsMax && (Int128)startUs + (long)Math.Round(offset) <= long.MaxValue;
    }

    internal static long At(long startUs, double stepUs, int index) => startUs + (long)Math.Round(index * stepUs);

    internal static long[] Expand(long startUs, double stepUs, int count)
    {
        var times = new long[count];
        for (var i = 0; i < count; i++)
        {
            times[i] = At(startUs, stepUs, i);
        }

        return times;
    }

    /// <summary>
    /// Finds a step that yields exactly these times. Every time confines the step to an interval one microsecond wide over its index;
    /// if the intervals have a common part, its middle is tried.
    /// </summary>
    internal static bool TryFindStep(ReadOnlySpan<long> timesUs, out double stepUs)
    {
        stepUs = 0;
        if (timesUs.Length < 3)
        {
            return false;
        }

        var start = timesUs[0];
        double low = 0, high = double.MaxValue;
        for (var i = 1; i < timesUs.Length; i++)
        {
            if (timesUs[i] < start || (Int128)timesUs[i] - start > 1L << 52)
            {
                return false;
            }

            var offset = (double)(timesUs[i] - start);
            low = Math.Max(low, (offset - 0.5) / i);
            high = Math.Min(high, (offset + 0.5) / i);
            if (low > high)
            {
                return false;
            }
        }

        stepUs = Simplest(low, high);
        if (!(stepUs > 0))
        {
            return false;
        }

        for (var i = 1; i < timesUs.Length; i++)
        {
            if (At(start, stepUs, i) != timesUs[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The number with the fewest binary places strictly between two bounds, so that 39.0625 comes back as itself.</summary>
    private static double Simplest(double low, double high)
    {
        for (var scale = 1.0; scale <= 1 << 20; scale *= 2)
        {
            var candidate = Math.Round((low + high) / 2 * scale) / scale;
            if (candidate > low && candidate < high)
            {
                return candidate;
            }
        }

        return (low + high) / 2;
    }
}
