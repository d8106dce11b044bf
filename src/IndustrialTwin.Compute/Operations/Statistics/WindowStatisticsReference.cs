namespace IndustrialTwin.Operations.Statistics;

/// <summary>The definition, term by term, in double.</summary>
internal static class WindowStatisticsReference
{
    public static WindowSummary Summarise(ReadOnlySpan<float> window)
    {
        double min = window[0], max = window[0], sum = 0, squares = 0;
        foreach (double x in window)
        {
            min = Math.Min(min, x);
            max = Math.Max(max, x);
            sum += x;
            squares += x * x;
        }

        var n = window.Length;
        var mean = sum / n;
        double m2 = 0, m3 = 0, m4 = 0;
        foreach (double x in window)
        {
            var d = x - mean;
            m2 += d * d / n;
            m3 += d * d * d / n;
            m4 += d * d * d * d / n;
        }

        var isConstant = min == max;
        var rms = Math.Sqrt(squares / n);
        var peak = Math.Max(Math.Abs(min), Math.Abs(max));
        return new WindowSummary(
            min,
            max,
            mean,
            isConstant ? 0 : Math.Sqrt(m2),
            rms,
            peak,
            rms == 0 ? 0 : peak / rms,
            isConstant ? 0 : m3 / Math.Pow(m2, 1.5),
            isConstant ? 0 : (m4 / (m2 * m2)) - 3,
            max - min);
    }
}
