using System.Numerics;

namespace IndustrialTwin.Operations.Numerics;

/// <summary>Solves A X = B for a symmetric positive definite A (Golub and Van Loan, Matrix Computations, section 4.2).</summary>
internal static class Cholesky
{
    /// <summary>Overwrites A by its factor and B by X.</summary>
    /// <param name="a">n × n, row-major; the lower triangle is read.</param>
    /// <param name="n">Unknowns.</param>
    /// <param name="b">n × columns, row-major.</param>
    /// <param name="columns">Right-hand sides.</param>
    /// <returns>Whether A is positive definite; where it is not, B is left half solved.</returns>
    public static bool TrySolve(double[] a, int n, double[] b, int columns)
    {
        for (var i = 0; i < n; i++)
        {
            var row = a.AsSpan(i * n, n);
            for (var j = 0; j < i; j++)
                row[j] = (row[j] - Dot(row[..j], a.AsSpan(j * n, j))) / a[(j * n) + j];
            var square = row[i] - Dot(row[..i], row[..i]);
            if (!(square > 0))
                return false;
            row[i] = Math.Sqrt(square);
        }

        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
                AddScaled(b.AsSpan(i * columns, columns), b.AsSpan(k * columns, columns), -a[(i * n) + k]);
            Scale(b.AsSpan(i * columns, columns), 1 / a[(i * n) + i]);
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
                AddScaled(b.AsSpan(i * columns, columns), b.AsSpan(k * columns, columns), -a[(k * n) + i]);
            Scale(b.AsSpan(i * columns, columns), 1 / a[(i * n) + i]);
        }

        return true;
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i + Vector<double>.Count <= x.Length; i += Vector<double>.Count)
            sums += new Vector<double>(x[i..]) * new Vector<double>(y[i..]);
        var sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    private static void AddScaled(Span<double> to, ReadOnlySpan<double> from, double factor)
    {
        var factors = new Vector<double>(factor);
        var i = 0;
        for (; i + Vector<double>.Count <= to.Length; i += Vector<double>.Count)
            (new Vector<double>(to[i..]) + (factors * new Vector<double>(from[i..]))).CopyTo(to[i..]);
        for (; i < to.Length; i++)
            to[i] += factor * from[i];
    }

    private static void Scale(Span<double> values, double factor)
    {
        foreach (ref var value in values)
            value *= factor;
    }
}
