namespace IndustrialTwin.Operations.Numerics;

/// <summary>Inverts covariance matrices; row-major, m × m.</summary>
internal static class SymmetricInverse
{
    /// <summary>
    /// The inverse by Gauss-Jordan elimination with pivoting, or, where the matrix is singular to working precision, the Moore-Penrose
    /// pseudo-inverse over its eigenvectors (Jacobi rotations; Golub and Van Loan, Matrix Computations, section 8.5).
    /// </summary>
    /// <param name="matrix">Symmetric.</param>
    /// <param name="m">Rows.</param>
    /// <param name="rank">m, or the number of eigenvalues kept.</param>
    public static double[] Of(ReadOnlySpan<double> matrix, int m, out int rank)
    {
        rank = m;
        return Inverse(matrix, m) ?? PseudoInverse(matrix, m, out rank);
    }

    private static double[]? Inverse(ReadOnlySpan<double> matrix, int m)
    {
        var a = matrix.ToArray();
        var inverse = Identity(m);
        var largest = 0.0;
        foreach (var value in a)
            largest = Math.Max(largest, Math.Abs(value));
        for (var column = 0; column < m; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < m; row++)
            {
                if (Math.Abs(a[(row * m) + column]) > Math.Abs(a[(pivot * m) + column]))
                    pivot = row;
            }

            if (!(Math.Abs(a[(pivot * m) + column]) > largest * m * 1e-13))
                return null;
            Swap(a, column, pivot, m);
            Swap(inverse, column, pivot, m);
            var scale = 1 / a[(column * m) + column];
            for (var k = 0; k < m; k++)
            {
                a[(column * m) + k] *= scale;
                inverse[(column * m) + k] *= scale;
            }

            for (var row = 0; row < m; row++)
            {
                var factor = a[(row * m) + column];
                if (row == column || factor == 0)
                    continue;
                for (var k = 0; k < m; k++)
                {
                    a[(row * m) + k] -= factor * a[(column * m) + k];
                    inverse[(row * m) + k] -= factor * inverse[(column * m) + k];
                }
            }
        }

        return inverse;
    }

    private static double[] PseudoInverse(ReadOnlySpan<double> matrix, int m, out int rank)
    {
        var a = matrix.ToArray();
        var vectors = Identity(m);
        const int SweepsMax = 64;
        for (var sweep = 0; sweep < SweepsMax; sweep++)
        {
            double off = 0, diagonal = 0;
            for (var i = 0; i < m; i++)
            {
                diagonal += a[(i * m) + i] * a[(i * m) + i];
                for (var j = i + 1; j < m; j++)
                    off += a[(i * m) + j] * a[(i * m) + j];
            }

            if (off <= diagonal * 1e-32)
                break;
            for (var p = 0; p < m; p++)
            {
                for (var q = p + 1; q < m; q++)
                    Rotate(a, vectors, m, p, q);
            }
        }

        var largest = 0.0;
        for (var i = 0; i < m; i++)
            largest = Math.Max(largest, Math.Abs(a[(i * m) + i]));
        rank = 0;
        var inverse = new double[m * m];
        for (var e = 0; e < m; e++)
        {
            var value = a[(e * m) + e];
            if (!(value > largest * m * 1e-12))
                continue;
            rank++;
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < m; j++)
                    inverse[(i * m) + j] += vectors[(i * m) + e] * vectors[(j * m) + e] / value;
            }
        }

        return inverse;
    }

    private static void Rotate(double[] a, double[] vectors, int m, int p, int q)
    {
        var apq = a[(p * m) + q];
        if (apq == 0)
            return;
        var theta = (a[(q * m) + q] - a[(p * m) + p]) / (2 * apq);
        var t = theta == 0 ? 1 : Math.Sign(theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < m; k++)
        {
            var (kp, kq) = (a[(k * m) + p], a[(k * m) + q]);
            (a[(k * m) + p], a[(k * m) + q]) = ((c * kp) - (s * kq), (s * kp) + (c * kq));
        }

        for (var k = 0; k < m; k++)
        {
            var (pk, qk) = (a[(p * m) + k], a[(q * m) + k]);
            (a[(p * m) + k], a[(q * m) + k]) = ((c * pk) - (s * qk), (s * pk) + (c * qk));
            var (vp, vq) = (vectors[(k * m) + p], vectors[(k * m) + q]);
            (vectors[(k * m) + p], vectors[(k * m) + q]) = ((c * vp) - (s * vq), (s * vp) + (c * vq));
        }
    }

    private static double[] Identity(int m)
    {
        var identity = new double[m * m];
        for (var i = 0; i < m; i++)
            identity[(i * m) + i] = 1;
        return identity;
    }

    private static void Swap(double[] a, int row, int other, int m)
    {
        if (row == other)
            return;
        for (var k = 0; k < m; k++)
            (a[(row * m) + k], a[(other * m) + k]) = (a[(other * m) + k], a[(row * m) + k]);
    }
}
