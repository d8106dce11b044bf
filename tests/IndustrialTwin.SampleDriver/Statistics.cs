using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>window-statistics</c>.</summary>
internal static class Statistics
{
    private const int Figures = 10;

    public static LaunchResult Run(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, windows, length) = inputs.Float32Matrix("samples");
        inputs.End();
        inputs.Expect(windows > 0 && length > 0, $"samples is {windows} × {length}");
        var summaries = new double[windows * Figures];
        for (var window = 0; window < windows; window++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Summarise(samples.AsSpan(window * length, length)).CopyTo(summaries, window * Figures);
        }

        return new LaunchResult { Outputs = { Inputs.Output("summaries", summaries, windows, Figures) } };
    }

    private static double[] Summarise(ReadOnlySpan<float> window)
    {
        double min = window[0], max = window[0], sum = 0, squares = 0;
        foreach (double x in window)
        {
            (min, max) = (Math.Min(min, x), Math.Max(max, x));
            sum += x;
            squares += x * x;
        }

        var mean = sum / window.Length;
        double m2 = 0, m3 = 0, m4 = 0;
        foreach (double x in window)
        {
            var d = x - mean;
            m2 += d * d / window.Length;
            m3 += d * d * d / window.Length;
            m4 += d * d * d * d / window.Length;
        }

        var isConstant = min == max;
        var rms = Math.Sqrt(squares / window.Length);
        var peak = Math.Max(Math.Abs(min), Math.Abs(max));
        return
        [
            min,
            max,
            mean,
            isConstant ? 0 : Math.Sqrt(m2),
            rms,
            peak,
            rms == 0 ? 0 : peak / rms,
            isConstant ? 0 : m3 / Math.Pow(m2, 1.5),
            isConstant ? 0 : (m4 / (m2 * m2)) - 3,
            max - min,
        ];
    }
}
