using IndustrialTwin.Conformance;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Matrices;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Writes the share of one core's peak that the product reaches. Run when asked for; time is never asserted: the machine is shared.</summary>
public sealed class MatrixProductSpeed(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public void A_product_is_measured_against_the_peak()
    {
        using var form = MatrixProduct.Instance.CreateNativeForm(NativeCode.Simd);
        foreach (var n in (int[])[512, 256, 128])
        {
            var inputs = new[] { new MatrixProductInput(Signals.Floats(n * n, 1), Signals.Floats(n * n, 2), n, n, n) };
            var results = new float[1][];
            var ratios = new List<double>();
            double bestPeak = 0, bestProduct = 0;
            for (var round = 0; round < 200; round++)
                form.Launch(inputs, results);
            for (var round = 0; round < 30; round++)
            {
                // One beside the other, so that a change of clock or a neighbour meets both.
                var peak = Peak();
                var start = Stopwatch.GetTimestamp();
                form.Launch(inputs, results);
                var product = 2.0 * n * n * n / Stopwatch.GetElapsedTime(start).TotalSeconds;
                ratios.Add(product / peak);
                (bestPeak, bestProduct) = (Math.Max(bestPeak, peak), Math.Max(bestProduct, product));
            }

            output.WriteLine(
                $"{n}³: {bestProduct / 1e9:f1} of {bestPeak / 1e9:f1} GFLOP/s, {bestProduct / bestPeak:f2} of peak; median of rounds {ratios.Order().ElementAt(15):f2}");
            Assert.Equal(n * n, results[0].Length);
        }
    }

    /// <summary>Independent multiply-adds in registers, per second.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double Peak()
    {
        const int Rounds = 100_000;
        const int Chains = 12;
        var start = Stopwatch.GetTimestamp();
        int lanes;
        float sum;
        if (Vector512.IsHardwareAccelerated)
        {
            lanes = Vector512<float>.Count;
            sum = Vector512.Sum(Wide(Rounds));
        }
        else
        {
            lanes = Vector256<float>.Count;
            sum = Vector256.Sum(Narrow(Rounds));
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.True(float.IsFinite(sum));
        return 2.0 * Rounds * Chains * lanes / seconds;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Wide(int rounds)
    {
        var x = Vector512.Create(0.5f);
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default;
        Vector512<float> g = default, h = default, i = default, j = default, k = default, l = default;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.MultiplyAddEstimate(a, x, x);
            b = Vector512.MultiplyAddEstimate(b, x, x);
            c = Vector512.MultiplyAddEstimate(c, x, x);
            d = Vector512.MultiplyAddEstimate(d, x, x);
            e = Vector512.MultiplyAddEstimate(e, x, x);
            f = Vector512.MultiplyAddEstimate(f, x, x);
            g = Vector512.MultiplyAddEstimate(g, x, x);
            h = Vector512.MultiplyAddEstimate(h, x, x);
            i = Vector512.MultiplyAddEstimate(i, x, x);
            j = Vector512.MultiplyAddEstimate(j, x, x);
            k = Vector512.MultiplyAddEstimate(k, x, x);
            l = Vector512.MultiplyAddEstimate(l, x, x);
        }

        return a + b + c + d + e + f + g + h + i + j + k + l;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> Narrow(int rounds)
    {
        var x = Vector256.Create(0.5f);
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default;
        Vector256<float> g = default, h = default, i = default, j = default, k = default, l = default;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, x);
            b = Vector256.MultiplyAddEstimate(b, x, x);
            c = Vector256.MultiplyAddEstimate(c, x, x);
            d = Vector256.MultiplyAddEstimate(d, x, x);
            e = Vector256.MultiplyAddEstimate(e, x, x);
            f = Vector256.MultiplyAddEstimate(f, x, x);
            g = Vector256.MultiplyAddEstimate(g, x, x);
            h = Vector256.MultiplyAddEstimate(h, x, x);
            i = Vector256.MultiplyAddEstimate(i, x, x);
            j = Vector256.MultiplyAddEstimate(j, x, x);
            k = Vector256.MultiplyAddEstimate(k, x, x);
            l = Vector256.MultiplyAddEstimate(l, x, x);
        }

        return a + b + c + d + e + f + g + h + i + j + k + l;
    }
}
