namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>The matrix profile of one series.</summary>
/// <param name="Distances">For each subsequence, by its first sample, the distance to its nearest neighbour; no unit.</param>
/// <param name="Neighbours">First sample of that neighbour; -1 where none is far enough to count.</param>
/// <param name="Width">Samples in a subsequence.</param>
public sealed record MatrixProfileResult(double[] Distances, int[] Neighbours, int Width)
{
    /// <summary>First sample of the subsequence least like any other, or -1 when none has a neighbour.</summary>
    public int Discord => Best(greatest: true);

    /// <summary>First samples of the two subsequences most alike, the earlier first; both -1 when none has a neighbour.</summary>
    public (int First, int Second) Motif
    {
        get
        {
            var i = Best(greatest: false);
            return i < 0 ? (-1, -1) : (Math.Min(i, Neighbours[i]), Math.Max(i, Neighbours[i]));
        }
    }

    /// <summary>From correlations to distances.</summary>
    internal static MatrixProfileResult Of(ReadOnlySpan<double> correlations, ReadOnlySpan<int> neighbours, int width)
    {
        var distances = new double[correlations.Length];
        for (var i = 0; i < distances.Length; i++)
            distances[i] = neighbours[i] < 0 ? double.PositiveInfinity : Math.Sqrt(2.0 * width * Math.Max(0, 1 - correlations[i]));
        return new MatrixProfileResult(distances, neighbours.ToArray(), width);
    }

    private int Best(bool greatest)
    {
        var best = -1;
        for (var i = 0; i < Distances.Length; i++)
        {
            if (Neighbours[i] >= 0 && (best < 0 || (greatest ? Distances[i] > Distances[best] : Distances[i] < Distances[best])))
                best = i;
        }

        return best;
    }
}
