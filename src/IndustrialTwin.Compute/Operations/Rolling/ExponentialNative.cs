using System.Runtime.CompilerServices;
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
            var one = Vector256.Create(0, forget, forget, forget);
            var two = Vector256.Create(0, 0, forget * forget, forget * forget);
            var carry = Vector256.Create(forget, forget * forget, forget * forget * forget, forget * forget * forget * forget);
            var share = Vector256.Create(smoothing);
            var spread = Vector256.Create(forget * smoothing);
            var before = Vector256.Create(m);
            var spreadBefore = Vector256<double>.Zero;
            for (; t + Lanes <= series.Length; t += Lanes)
            {
                var x = Vector256.WidenLower(Vector128.Create(series.Slice(t, Lanes)).ToVector256Unsafe());
                var means = Scan(share * x, before, one, two, carry);
                // Each mean's predecessor: the last of the four before, then the first three of these.
                var previous = Vector256.ConditionalSelect(
                    Vector256.Create(-1L, 0, 0, 0).AsDouble(),
                    Vector256.Shuffle(before, Vector256.Create(3L, 3, 3, 3)),
                    Vector256.Shuffle(means, Vector256.Create(0L, 0, 1, 2)));
                var d = x - previous;
                var variances = Scan(spread * d * d, spreadBefore, one, two, carry);
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

    /// <summary>Four steps from the last of the four before; <paramref name="one"/> and <paramref name="two"/> have zeros where no lane precedes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Scan(
        Vector256<double> added, Vector256<double> before, Vector256<double> one, Vector256<double> two, Vector256<double> carry)
    {
        var y = Vector256.MultiplyAddEstimate(one, Vector256.Shuffle(added, Vector256.Create(0L, 0, 1, 2)), added);
        y = Vector256.MultiplyAddEstimate(two, Vector256.Shuffle(y, Vector256.Create(0L, 0, 0, 1)), y);
        return Vector256.MultiplyAddEstimate(carry, Vector256.Shuffle(before, Vector256.Create(3L, 3, 3, 3)), y);
    }
}
