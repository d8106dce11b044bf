using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Statistics;

/// <summary>Two passes over each window; the second reads what the first has left in the cache.</summary>
internal sealed class WindowStatisticsNative(NativeCode code) : OperationForm<WindowBatch, WindowSummary[]>
{
    private readonly bool _isSimd = code == NativeCode.Simd && Vector256.IsHardwareAccelerated;

    public override void Launch(ReadOnlySpan<WindowBatch> inputs, Span<WindowSummary[]> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var summaries = new WindowSummary[input.Count];
            for (var i = 0; i < summaries.Length; i++)
            {
                var window = input.Window(i);
                summaries[i] = _isSimd && window.Length >= Vector256<float>.Count ? Simd(window) : Portable(window);
            }

            results[job] = summaries;
        }
    }

    private static WindowSummary Simd(ReadOnlySpan<float> window)
    {
        ref var first = ref MemoryMarshal.GetReference(window);
        var n = window.Length;
        var end = n - (n % Vector256<float>.Count);
        var min = Vector256.LoadUnsafe(ref first);
        var max = min;
        var (min2, max2) = (min, max);
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        var pairs = n - (n % (2 * Vector256<float>.Count));
        for (var i = 0; i < pairs; i += 2 * Vector256<float>.Count)
        {
            var x = Vector256.LoadUnsafe(ref first, (nuint)i);
            var y = Vector256.LoadUnsafe(ref first, (nuint)(i + Vector256<float>.Count));
            min = Vector256.MinNative(min, x);
            max = Vector256.MaxNative(max, x);
            min2 = Vector256.MinNative(min2, y);
            max2 = Vector256.MaxNative(max2, y);
            sum0 += Lower(ref first, i);
            sum1 += Upper(ref first, i);
            sum2 += Lower(ref first, i + Vector256<float>.Count);
            sum3 += Upper(ref first, i + Vector256<float>.Count);
        }

        if (pairs < end)
        {
            var x = Vector256.LoadUnsafe(ref first, (nuint)pairs);
            min = Vector256.MinNative(min, x);
            max = Vector256.MaxNative(max, x);
            sum0 += Lower(ref first, pairs);
            sum1 += Upper(ref first, pairs);
        }

        min = Vector256.MinNative(min, min2);
        max = Vector256.MaxNative(max, max2);
        double least = min[0], most = max[0], sum = Vector256.Sum((sum0 + sum1) + (sum2 + sum3));
        for (var lane = 1; lane < Vector256<float>.Count; lane++)
        {
            least = Math.Min(least, min[lane]);
            most = Math.Max(most, max[lane]);
        }

        for (var i = end; i < n; i++)
        {
            least = Math.Min(least, window[i]);
            most = Math.Max(most, window[i]);
            sum += window[i];
        }

        var mean = sum / n;
        var centre = Vector256.Create(mean);
        Vector256<double> d1 = default, d2 = default, d3 = default, d4 = default;
        Vector256<double> e1 = default, e2 = default, e3 = default, e4 = default;
        for (var i = 0; i < end; i += Vector256<float>.Count)
        {
            var d = Lower(ref first, i) - centre;
            var e = Upper(ref first, i) - centre;
            var dd = d * d;
            var ee = e * e;
            d1 += d;
            e1 += e;
            d2 += dd;
            e2 += ee;
            d3 = Vector256.MultiplyAddEstimate(dd, d, d3);
            e3 = Vector256.MultiplyAddEstimate(ee, e, e3);
            d4 = Vector256.MultiplyAddEstimate(dd, dd, d4);
            e4 = Vector256.MultiplyAddEstimate(ee, ee, e4);
        }

        var sums = new Deviations(Vector256.Sum(d1 + e1), Vector256.Sum(d2 + e2), Vector256.Sum(d3 + e3), Vector256.Sum(d4 + e4));
        for (var i = end; i < n; i++)
            sums = sums.With(window[i] - mean);
        return sums.Summary(n, least, most, mean);
    }

    /// <summary>Four samples, widened as they are read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Lower(ref float first, int index) => Avx.IsSupported
        ? Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref first, (nuint)index))
        : Vector256.WidenLower(Vector256.LoadUnsafe(ref first, (nuint)index));

    /// <summary>The next four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Upper(ref float first, int index) => Avx.IsSupported
        ? Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref first, (nuint)(index + 4)))
        : Vector256.WidenUpper(Vector256.LoadUnsafe(ref first, (nuint)index));

    private static WindowSummary Portable(ReadOnlySpan<float> window)
    {
        double min = window[0], max = window[0], sum = 0;
        foreach (var x in window)
        {
            min = Math.Min(min, x);
            max = Math.Max(max, x);
            sum += x;
        }

        var mean = sum / window.Length;
        var sums = default(Deviations);
        foreach (var x in window)
            sums = sums.With(x - mean);
        return sums.Summary(window.Length, min, max, mean);
    }

    private readonly record struct Deviations(double Sum1, double Sum2, double Sum3, double Sum4)
    {
        public Deviations With(double d)
        {
            var dd = d * d;
            return new Deviations(Sum1 + d, Sum2 + dd, Sum3 + (dd * d), Sum4 + (dd * dd));
        }

        // The sum of deviations is zero but for the mean's rounding; its square over n is that rounding's part in Sum2.
        public WindowSummary Summary(int n, double min, double max, double mean) =>
            WindowSummary.From(n, min, max, mean, Math.Max(0, Sum2 - (Sum1 * Sum1 / n)), Sum3, Sum4);
    }
}
