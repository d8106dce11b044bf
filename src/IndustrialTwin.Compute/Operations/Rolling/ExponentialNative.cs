using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Rolling;

/// <summary>
/// Mean and variance are first-order linear recurrences y[t] = β y[t-1] + b[t], so four steps are done in a register: two shifted
/// multiply-adds join neighbours (a prefix scan: Hillis and Steele 1986), one more adds what came before.
/// </summary>
internal sealed class ExponentialNative(NativeCode code) : OperationForm<ExponentialInput, ExponentialResult>
{
    private const int Lanes = 4;
    private readonly bool _isSimd = code == NativeCode.Simd && Vector256.IsHardwareAccelerated;

    public override void Launch(ReadOnlySpan<ExponentialInput> inputs, Span<ExponentialResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var length = input.Series.Length;
            var (mean, variance) = (new double[input.Series.Samples.Length], new double[input.Series.Samples.Length]);
            for (var i = 0; i < input.Series.Count; i++)
            {
                var series = input.Series.Window(i);
                Run(
                    series, input.Smoothing, ExponentialStatistics.Start(input, series), mean.AsSpan(i * length, length), variance.AsSpan(i * length, length));
            }

            results[job] = ExponentialStatistics.Finish(input, mean, variance);
        }
    }

    private void Run(ReadOnlySpan<float> series, double smoothing, double m, Span<double> mean, Span<double> variance)
    {
        var v = 0.0;
        var t = 0;
        var forget = 1 - smoothing;
        if (_isSimd)
        {
            var scan = new Recurrence(forget);
            var share = Vector256.Create(smoothing);
            var spread = Vector256.Create(forget * smoothing);
            var before = Vector256.Create(m);
            var spreadBefore = Vector256<double>.Zero;
            for (; t + Lanes <= series.Length; t += Lanes)
            {
                var x = Vector256.Create((double)series[t], series[t + 1], series[t + 2], series[t + 3]);
                var means = scan.Run(share * x, before);
                var previous = Vector256.Shuffle(means, Vector256.Create(0L, 0, 1, 2)).WithElement(0, before[Lanes - 1]);
                var d = x - previous;
                var variances = scan.Run(spread * d * d, spreadBefore);
                means.CopyTo(mean[t..]);
                variances.CopyTo(variance[t..]);
                (before, spreadBefore) = (means, variances);
            }

            (m, v) = (before[Lanes - 1], spreadBefore[Lanes - 1]);
        }

        for (; t < series.Length; t++)
        {
            var d = series[t] - m;
            m += smoothing * d;
            v = forget * (v + (smoothing * d * d));
            (mean[t], variance[t]) = (m, v);
        }
    }

    private readonly struct Recurrence(double factor)
    {
        private readonly Vector256<double> _one = Vector256.Create(0, factor, factor, factor);
        private readonly Vector256<double> _two = Vector256.Create(0, 0, factor * factor, factor * factor);
        private readonly Vector256<double> _carry =
            Vector256.Create(factor, factor * factor, factor * factor * factor, factor * factor * factor * factor);

        /// <summary>Four steps from the last of the four before.</summary>
        public Vector256<double> Run(Vector256<double> added, Vector256<double> before)
        {
            var y = Vector256.MultiplyAddEstimate(_one, Vector256.Shuffle(added, Vector256.Create(0L, 0, 1, 2)), added);
            y = Vector256.MultiplyAddEstimate(_two, Vector256.Shuffle(y, Vector256.Create(0L, 0, 0, 1)), y);
            return Vector256.MultiplyAddEstimate(_carry, Vector256.Create(before[Lanes - 1]), y);
        }
    }
}
