namespace IndustrialTwin.SampleDriver;

/// <summary>Moore and Penrose's inverse of a symmetric matrix, over its eigenvectors by Jacobi's rotations.</summary>
internal static class PseudoInverse
{
    private const int SweepsMax = 64;

    public static (double[] Inverse, int Rank) Of(double[,] a, CancellationToken cancellationToken)
    {
        var m = a.GetLength(0);
        var vectors = new double[m, m];
        for (var i = 0; i < m; i++)
            vectors[i, i] = 1;
        for (var sweep = 0; sweep < SweepsMax && OffDiagonal(a, m) > 1e-32; sweep++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var p = 0; p < m; p++)
            {
                for (var q = p + 1; q < m; q++)
                    Rotate(a, vectors, m, p, q);
            }
        }

        var largest = 0.0;
        for (var i = 0; i < m; i++)
            largest = Math.Max(largest, Math.Abs(a[i, i]));
        var rank = 0;
        var inverse = new double[m * m];
        for (var e = 0; e < m; e++)
        {
            if (!(a[e, e] > largest * m * 1e-13))
                continue;
            rank++;
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < m; j++)
                    inverse[(i * m) + j] += vectors[i, e] * vectors[j, e] / a[e, e];
            }
        }

        return (inverse, rank);
    }

    /// <summary>Squares beside the diagonal over squares on it.</summary>
    private static double OffDiagonal(double[,] a, int m)
    {
        double off = 0, on = 0;
        for (var i = 0; i < m; i++)
        {
            on += a[i, i] * a[i, i];
            for (var j = i + 1; j < m; j++)
                off += a[i, j] * a[i, j];
        }

        return on == 0 ? 0 : off / on;
    }

    private static void Rotate(double[,] a, double[,] vectors, int m, int p, int q)
    {
        if (a[p, q] == 0)
            return;
        var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < m; k++)
            (a[k, p], a[k, q]) = ((c * a[k, p]) - (s * a[k, q]), (s * a[k, p]) + (c * a[k, q]));
        for (var k = 0; k < m; k++)
        {
            (a[p, k], a[q, k]) = ((c * a[p, k]) - (s * a[q, k]), (s * a[p, k]) + (c * a[q, k]));
            (vectors[k, p], vectors[k, q]) = ((c * vectors[k, p]) - (s * vectors[k, q]), (s * vectors[k, p]) + (c * vectors[k, q]));
        }
    }
}
