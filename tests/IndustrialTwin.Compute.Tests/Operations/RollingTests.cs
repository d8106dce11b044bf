using IndustrialTwin.Conformance;
using IndustrialTwin.Operations.Rolling;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class RollingTests
{
    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void A_known_series_has_known_statistics(NativeCode code)
    {
        using var form = RollingStatistics.Instance.CreateNativeForm(code);
        var results = new RollingResult[1];
        form.Launch([new RollingInput(new WindowBatch(new float[] { 1, 3, 2, 8, 5 }, 5), 3)], results);
        Assert.Equal(3, results[0].Positions);
        Assert.Equal([2, 13 / 3.0, 5], results[0].Mean, (x, y) => Math.Abs(x - y) < 1e-14);
        Assert.Equal([1, 31 / 3.0, 9], results[0].Variance, (x, y) => Math.Abs(x - y) < 1e-13);
        Assert.Equal([1, 2, 2], results[0].Min);
        Assert.Equal([3, 8, 8], results[0].Max);
    }

    [Fact]
    public void A_far_offset_costs_no_digits()
    {
        // A thousandth of a degree on a furnace at 1,000 degrees: half a million samples of 1000 and 1000.0009765625 in turn.
        var samples = new float[500_000];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = i % 2 == 0 ? 1_000f : 1_000.0009765625f;
        using var form = RollingStatistics.Instance.CreateNativeForm(NativeCode.Simd);
        var results = new RollingResult[1];
        form.Launch([new RollingInput(new WindowBatch(samples, samples.Length), 1_000)], results);
        const double Half = 0.0009765625 / 2;
        Assert.All(results[0].Variance, x => Assert.Equal(1, x / (Half * Half * 1_000 / 999), 1e-9));
    }

    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void A_step_settles_as_the_formula_says(NativeCode code)
    {
        using var form = ExponentialStatistics.Instance.CreateNativeForm(code);
        var samples = new float[50];
        Array.Fill(samples, 1f);
        var results = new ExponentialResult[1];
        form.Launch([new ExponentialInput(new WindowBatch(samples, 50), 0.2, new ControlChart(0, 0.25))], results);
        for (var t = 0; t < 50; t++)
        {
            var left = Math.Pow(0.8, t + 1);
            Assert.Equal(1 - left, results[0].Mean[t], 1e-12);
            // A weight of 0.8^(t+1) lies on the start, 0, the rest on 1.
            Assert.Equal(left * (1 - left), results[0].Variance[t], 1e-12);
        }

        // λ = 0.2, L = 3, σ = 0.25: the limits settle at 3 × 0.25 / 3; the mean is outside of them at once.
        Assert.Equal(0.25, results[0].HalfWidths[^1], 1e-6);
        Assert.Equal(0.15, results[0].HalfWidths[0], 1e-12);
        Assert.Equal([0], results[0].FirstOutside);
    }

    [Fact]
    public void A_drift_is_found_long_before_a_single_sample_leaves_the_limits()
    {
        // A step of one deviation: Lucas and Saccucci's table gives a mean run of about 10 samples for λ = 0.1, L = 2.814.
        var random = new Random(5);
        var samples = new float[200 * 500];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(1 + Signals.Normal(random));
        using var form = ExponentialStatistics.Instance.CreateNativeForm(NativeCode.Simd);
        var results = new ExponentialResult[1];
        form.Launch([new ExponentialInput(new WindowBatch(samples, 200), 0.1, new ControlChart(0, 1, 2.814))], results);
        Assert.Equal(500, results[0].FirstOutside.Length);
        Assert.InRange(results[0].FirstOutside.Average(x => x + 1), 8, 12);
    }

    [Fact]
    public void A_width_beyond_the_series_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => RollingStatistics.Instance.Validate(new RollingInput(Signals.Windows(1, 16, 1), 17)));
        Assert.Contains("Width is 17; expected 2..16", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => ExponentialStatistics.Instance.Validate(new ExponentialInput(Signals.Windows(1, 16, 1), 0)));
        Assert.Contains("Smoothing is 0", error.Message, StringComparison.Ordinal);
    }
}
