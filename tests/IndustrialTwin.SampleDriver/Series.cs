using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>rolling-statistics</c> and <c>exponential-statistics</c>.</summary>
internal static class Series
{
    public static LaunchResult Rolling(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, series, length) = inputs.Float32Matrix("samples");
        inputs.Expect(series > 0 && length >= 2, $"samples is {series} × {length}");
        var width = (int)inputs.Int64("width", 2, length);
        inputs.End();
        var positions = length - width + 1;
        var (mean, variance) = (new double[series * positions], new double[series * positions]);
        var (min, max) = (new float[series * positions], new float[series * positions]);
        for (var i = 0; i < mean.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var window = samples.AsSpan((i / positions * length) + (i % positions), width).ToArray();
            mean[i] = window.Average(x => (double)x);
            variance[i] = window.Sum(x => (x - mean[i]) * (x - mean[i])) / (width - 1);
            (min[i], max[i]) = (window.Min(), window.Max());
        }

        return new LaunchResult
        {
            Outputs =
            {
                Inputs.Output("mean", mean, series, positions), Inputs.Output("variance", variance, series, positions),
                Inputs.Output("min", min, series, positions), Inputs.Output("max", max, series, positions),
            },
        };
    }

    public static LaunchResult Exponential(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, series, length) = inputs.Float32Matrix("samples");
        var smoothing = inputs.Float64("smoothing");
        var start = inputs.Float64Vector("start");
        inputs.End();
        inputs.Expect(series > 0 && length > 0, $"samples is {series} × {length}");
        inputs.Expect(smoothing is > 0 and <= 1, $"smoothing is {smoothing}; expected above 0 to 1");
        inputs.Expect(start.Length == series, $"start has {start.Length} values; expected {series}");
        var (mean, variance) = (new double[series * length], new double[series * length]);
        for (var i = 0; i < series; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (m, v) = (start[i], 0.0);
            for (var t = i * length; t < (i + 1) * length; t++)
            {
                var d = samples[t] - m;
                m += smoothing * d;
                v = (1 - smoothing) * (v + (smoothing * d * d));
                (mean[t], variance[t]) = (m, v);
            }
        }

        return new LaunchResult { Outputs = { Inputs.Output("mean", mean, series, length), Inputs.Output("variance", variance, series, length) } };
    }
}
