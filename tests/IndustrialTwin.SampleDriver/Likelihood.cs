using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>gaussian-likelihood</c>.</summary>
internal static class Likelihood
{
    private const long RowsMax = 1L << 40;

    public static LaunchResult Run(Inputs inputs, CancellationToken cancellationToken)
    {
        var values = inputs.Float64Vector("values");
        var origin = inputs.Int64("origin", 0, RowsMax);
        var first = inputs.Int64("first", origin, RowsMax);
        var count = inputs.Int64("count", 1, values.Length);
        var windowRows = inputs.Int64("window-rows", 1, 1 << 20);
        var stepRows = inputs.Int64("step-rows", 1, windowRows);
        inputs.End();
        inputs.Expect(first - origin <= values.Length - count, $"values ends before row {first + count}");
        inputs.Expect(origin <= Start(first), $"origin is {origin}; the first window begins at row {Start(first)}");
        var scores = new double[count];
        for (var k = 0; k < count; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = first + k;
            var start = Start(row);
            var window = values.AsSpan((int)(start - origin), (int)Math.Min(row - start, windowRows));
            if (window.Length > 0)
                scores[k] = Score(values[row - origin], window);
        }

        return new LaunchResult { Outputs = { Inputs.Output("scores", scores, count) } };

        long Start(long row) => row <= windowRows ? 0 : stepRows * ((row - windowRows) / stepRows);
    }

    private static double Score(double value, ReadOnlySpan<double> window)
    {
        double mean = 0, variance = 0;
        foreach (var x in window)
            mean += x / window.Length;
        foreach (var x in window)
            variance += (x - mean) * (x - mean) / window.Length;
        if (!window.ContainsAnyExcept(window[0]))
            (mean, variance) = (window[0], 0);
        var deviation = variance > 0 ? Math.Sqrt(variance) : 1e-6;
        return 1 - (0.5 * Erfc(Math.Abs(value - mean) / deviation / Math.Sqrt(2)));
    }

    /// <summary>erfc(x) for x ≥ 0: the series of DLMF 7.6.2 below 2.5, the continued fraction 7.9.1 from there.</summary>
    private static double Erfc(double x)
    {
        if (x > 28)
            return 0;
        var front = Math.Exp(-x * x) / Math.Sqrt(Math.PI);
        if (x < 2.5)
        {
            double term = 2 * x, sum = term;
            for (var n = 1; n < 200; n++)
                sum += term *= 2 * x * x / ((2 * n) + 1);
            return 1 - (front * sum);
        }

        var fraction = x;
        for (var n = 200; n > 0; n--)
            fraction = x + (0.5 * n / fraction);
        return front / fraction;
    }
}
