namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>The definition in double: every pair of subsequences, z-normalised and compared.</summary>
internal static class MatrixProfileReference
{
    public static MatrixProfileResult Run(ReadOnlySpan<float> series, int width)
    {
        var count = series.Length - width + 1;
        var normal = new double[count][];
        for (var i = 0; i < count; i++)
            normal[i] = Normalised(series.Slice(i, width));
        var (distances, neighbours) = (new double[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            (distances[i], neighbours[i]) = (double.PositiveInfinity, -1);
            for (var j = 0; j < count; j++)
            {
                if (Math.Abs(i - j) <= MatrixProfile.Exclusion(width))
                    continue;
                var distance = Distance(normal[i], normal[j]);
                if (distance < distances[i])
                    (distances[i], neighbours[i]) = (distance, j);
            }
        }

        return new MatrixProfileResult(distances, neighbours, width);
    }

    private static double Distance(double[] x, double[] y)
    {
        // A subsequence that never moves has no direction: its correlation is 0.
        if (Array.TrueForAll(x, value => value == 0) || Array.TrueForAll(y, value => value == 0))
            return Math.Sqrt(2.0 * x.Length);
        var sum = 0.0;
        for (var k = 0; k < x.Length; k++)
            sum += (x[k] - y[k]) * (x[k] - y[k]);
        return Math.Sqrt(sum);
    }

    /// <summary>Mean 0 and sum of squares m; all zeros when it never moves.</summary>
    private static double[] Normalised(ReadOnlySpan<float> window)
    {
        var values = Array.ConvertAll(window.ToArray(), x => (double)x);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(x => (x - mean) * (x - mean)));
        return values.Min() == values.Max() ? new double[values.Length] : Array.ConvertAll(values, x => (x - mean) / deviation);
    }
}
