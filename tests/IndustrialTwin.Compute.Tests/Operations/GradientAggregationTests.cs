using IndustrialTwin.Conformance;
using CsCheck;
using IndustrialTwin.Operations.Aggregation;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class GradientAggregationTests
{
    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void A_poisoned_worker_moves_the_mean_but_not_the_robust_rules(NativeCode code)
    {
        // Nine workers agree on 1, 2, 3, … up to noise; the tenth sends the opposite a thousandfold.
        const int Workers = 10, Coordinates = 37;
        var random = new Random(1);
        var gradients = new float[Workers * Coordinates];
        for (var i = 0; i < gradients.Length; i++)
        {
            var value = 1 + (i % Coordinates);
            gradients[i] = i / Coordinates == 9 ? -1_000f * value : (float)(value + (0.01 * Signals.Normal(random)));
        }

        var mean = Run(new GradientAggregationInput(gradients, Workers), code);
        var trimmed = Run(new GradientAggregationInput(gradients, Workers, AggregationRule.TrimmedMean, TrimShare: 0.1), code);
        var median = Run(new GradientAggregationInput(gradients, Workers, AggregationRule.Median), code);
        var clipped = Run(new GradientAggregationInput(gradients, Workers, ClipNorm: 150), code);
        for (var i = 0; i < Coordinates; i++)
        {
            Assert.True(mean.Values[i] < -90 * (i + 1));
            Assert.Equal(i + 1, trimmed.Values[i], 0.03);
            Assert.Equal(i + 1, median.Values[i], 0.03);
            Assert.True(clipped.Values[i] > 0.7 * (i + 1));
        }

        Assert.Equal(1, clipped.Clipped);
        Assert.Equal(9, Array.IndexOf(clipped.Norms, clipped.Norms.Max()));
        Assert.Equal(1_000 * Math.Sqrt(37 * 38 * 75 / 6.0), clipped.Norms[9], 1.0);
    }

    [Fact]
    public void Weights_are_shares()
    {
        var result = Run(new GradientAggregationInput(new float[] { 1, 10, 5, 20 }, 2, Weights: new float[] { 3, 1 }), NativeCode.Simd);
        Assert.Equal([2, 12.5f], result.Values);
        Assert.Equal([MathF.Sqrt(101), MathF.Sqrt(425)], result.Norms);
    }

    [Fact]
    public void The_network_orders_any_values()
    {
        // A network that orders all zeros and ones orders everything (Knuth 5.3.4, theorem Z); here random ones of every length.
        Gen.Int[-3, 3].Array[1, 70].Sample(
            values =>
            {
                var ordered = (int[])[.. values];
                foreach (var (low, high) in MergeExchange.Of(values.Length))
                    (ordered[low], ordered[high]) = (Math.Min(ordered[low], ordered[high]), Math.Max(ordered[low], ordered[high]));
                Assert.Equal(values.Order(), ordered);
            },
            threads: 1);
    }

    [Fact]
    public void A_worker_that_sends_no_number_is_named()
    {
        var error = Assert.Throws<ArgumentException>(
            () => GradientAggregation.Instance.Validate(new GradientAggregationInput(new[] { 1, 2, 3, float.NaN, 5, 6 }, 2)));
        Assert.Contains("worker 1, coordinate 0 is NaN", error.Message, StringComparison.Ordinal);
    }

    private static AggregatedGradient Run(GradientAggregationInput input, NativeCode code)
    {
        GradientAggregation.Instance.Validate(input);
        using var form = GradientAggregation.Instance.CreateNativeForm(code);
        var results = new AggregatedGradient[1];
        form.Launch([input], results);
        return results[0];
    }
}
