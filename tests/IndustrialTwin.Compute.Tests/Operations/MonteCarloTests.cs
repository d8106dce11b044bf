using IndustrialTwin.Operations.MonteCarlo;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class MonteCarloTests
{
    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void First_passage_follows_the_inverse_Gaussian(NativeCode code)
    {
        // 25 to go at 0.1 a step with deviation 0.2: mean 250, variance 25 × 0.2² / 0.1³ = 1,000.
        var result = Run(DegradationWhatIf.Instance, new DegradationInput(5, 0.1, 0.2, 30, 1_000, 4_000, 42), code);
        Assert.Equal(1, result.FailedShare);
        // Seen only once a step, a barrier seems 0.5826 deviations of a step farther (Broadie, Glasserman and Kou 1997).
        var mean = result.FailureSteps.Average();
        Assert.Equal(250 + (0.5826 * 0.2 / 0.1), mean, 4 * Math.Sqrt(1_000 / 4_000.0));
        Assert.Equal(1_000, result.FailureSteps.Average(x => (x - mean) * (x - mean)), 110.0);
        Assert.True(result.Quantile(0.1) < result.Quantile(0.5) && result.Quantile(0.5) < result.Quantile(0.9));
    }

    [Fact]
    public void What_cannot_fail_in_time_has_no_quantile()
    {
        var result = Run(DegradationWhatIf.Instance, new DegradationInput(0, 0.001, 0.001, 100, 50, 100), NativeCode.Simd);
        Assert.Equal(0, result.FailedShare);
        Assert.Null(result.Quantile(0.5));
    }

    [Theory]
    [InlineData(NativeCode.Simd, 0.9, 0.8, 3)]
    [InlineData(NativeCode.Portable, 0.7, 0.7, 2)]
    public void Two_machines_and_a_buffer_yield_what_the_theory_says(NativeCode code, double up1, double up2, int buffer)
    {
        // Bernoulli machines: up in each cycle with a probability of its own. Li and Meerkov, section 4.2: p2 (1 - Q).
        var alpha = up1 * (1 - up2) / (up2 * (1 - up1));
        var starved = up1 == up2
            ? (1 - up1) / (buffer + 1 - up1)
            : (1 - up1) * (1 - alpha) / (1 - (up1 / up2 * Math.Pow(alpha, buffer)));
        var line = new ProductionLine([(1 - up1, up1), (1 - up2, up2)], [buffer]);
        var result = Run(LineWhatIf.Instance, new LineInput(line, 2_000, 200, 200, 7), code);
        Assert.Equal(up2 * (1 - starved), result.Throughput, 4e-3);
        Assert.True(result.Quantile(0.05) < result.Quantile(0.95));
    }

    [Fact]
    public void One_machine_alone_yields_its_availability()
    {
        var line = new ProductionLine([(0.02, 0.08)], []);
        Assert.Equal(0.8, Run(LineWhatIf.Instance, new LineInput(line, 2_000, 200, 400), NativeCode.Simd).Throughput, 8e-3);
    }

    [Fact]
    public void A_wrong_line_says_where()
    {
        Assert.Contains("Machine 1 fails with 2", Assert.Throws<ArgumentException>(() => new ProductionLine([(0, 1), (2, 1)], [3])).Message, StringComparison.Ordinal);
        var error = Assert.Throws<ArgumentException>(() => DegradationWhatIf.Instance.Validate(new DegradationInput(0, 1, 0, 1, 1, 1)));
        Assert.Contains("Volatility is 0", error.Message, StringComparison.Ordinal);
    }

    private static TResult Run<TInput, TResult>(Operation<TInput, TResult> operation, TInput input, NativeCode code)
    {
        operation.Validate(input);
        using var form = operation.CreateNativeForm(code);
        var results = new TResult[1];
        form.Launch([input], results);
        return results[0];
    }
}
