namespace IndustrialTwin.Policy;

/// <summary>Random choices from a handed-in source.</summary>
public static class RandomChoice
{
    /// <summary>Fills <paramref name="chosen"/> with different numbers of 0..count−1 (Floyd's sampling; Bentley, 1987).</summary>
    /// <returns>How many were chosen: all numbers where there are no more than places.</returns>
    public static int Distinct(Random random, int count, Span<int> chosen)
    {
        ArgumentNullException.ThrowIfNull(random);
        var filled = 0;
        for (var next = Math.Max(0, count - chosen.Length); next < count; next++)
        {
            var drawn = random.Next(next + 1);
            chosen[filled] = chosen[..filled].Contains(drawn) ? next : drawn;
            filled++;
        }

        return filled;
    }
}
