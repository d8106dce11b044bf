using System.Numerics;

namespace IndustrialTwin.Operations.Aggregation;

/// <summary>Batcher's merge exchange: which pairs to put in order, in which sequence, so that any n values end ordered (Knuth 5.2.2M).</summary>
internal static class MergeExchange
{
    /// <summary>The pairs for n values.</summary>
    public static (int Low, int High)[] Of(int n)
    {
        var pairs = new List<(int Low, int High)>();
        var top = Top(n);
        for (var p = top; p > 0; p /= 2)
        {
            var (q, r, d) = (top, 0, p);
            while (true)
            {
                for (var i = 0; i < n - d; i++)
                {
                    if ((i & p) == r)
                        pairs.Add((i, i + d));
                }

                if (q == p)
                    break;
                (d, q, r) = (q - p, q / 2, p);
            }
        }

        return [.. pairs];
    }

    /// <summary>Half of the least power of two that is n or more; 0 for one value.</summary>
    public static int Top(int n) => n < 2 ? 0 : (int)(BitOperations.RoundUpToPowerOf2((uint)n) / 2);
}
