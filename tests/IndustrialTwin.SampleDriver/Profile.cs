using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>matrix-profile</c>.</summary>
internal static class Profile
{
    private const int LengthMax = 1 << 16;
    private const int WidthMin = 4;

    public static LaunchResult Run(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, series, length) = inputs.Float32Matrix("samples");
        inputs.Expect(series > 0 && length is >= 2 * WidthMin and <= LengthMax, $"samples is {series} × {length}");
        var width = (int)inputs.Int64("width", WidthMin, length / 2);
        var subsequences = length - width + 1;
        var first = (int)inputs.Int64("first", 0, subsequences - 1);
        var positions = (int)inputs.Int64("positions", 1, subsequences - first);
        inputs.End();
        var (distances, neighbours) = (new double[series * positions], new long[series * positions]);
        for (var s = 0; s < series; s++)
        {
            var values = Array.ConvertAll(samples[(s * length)..((s + 1) * length)], x => (double)x);
            var (means, norms) = (new double[subsequences], new double[subsequences]);
            for (var start = 0; start < subsequences; start++)
                (means[start], norms[start]) = MeanAndNorm(values.AsSpan(start, width));
            for (var p = 0; p < positions; p++)
            {
                var (own, best, neighbour) = (first + p, double.NegativeInfinity, -1);
                for (var other = 0; other < subsequences; other++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Math.Abs(own - other) <= (width + 3) / 4)
                        continue;
                    // What never moves has no direction: its correlation is 0.
                    var correlation = 0.0;
                    for (var i = 0; i < width && norms[own] > 0 && norms[other] > 0; i++)
                        correlation += (values[own + i] - means[own]) / norms[own] * ((values[other + i] - means[other]) / norms[other]);
                    if (correlation > best)
                        (best, neighbour) = (correlation, other);
                }

                neighbours[(s * positions) + p] = neighbour;
                distances[(s * positions) + p] = neighbour < 0 ? 0 : Math.Sqrt(2.0 * width * Math.Max(0, 1 - best));
            }
        }

        return new LaunchResult
        {
            Outputs = { Inputs.Output("distances", distances, series, positions), Inputs.Output("neighbours", neighbours, series, positions) },
        };
    }

    /// <summary>The mean, and the root of the sum of squares without it; 0 where nothing moves.</summary>
    private static (double Mean, double Norm) MeanAndNorm(ReadOnlySpan<double> window)
    {
        var (mean, squares) = (0.0, 0.0);
        foreach (var value in window)
            mean += value / window.Length;
        foreach (var value in window)
            squares += (value - mean) * (value - mean);
        return (mean, window.ContainsAnyExcept(window[0]) ? Math.Sqrt(squares) : 0);
    }
}
