using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Aggregation;
using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.Forecasts;
using IndustrialTwin.Operations.Images;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.MatrixProfiles;
using IndustrialTwin.Operations.MonteCarlo;
using IndustrialTwin.Operations.Rolling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Work;
using Xunit;

namespace IndustrialTwin.Kernels;

/// <summary>What comes back through the grid is what the operations' references compute, each number in its place.</summary>
public class RequestTests(TwinCluster cluster)
{
    private const double Tolerance = 1e-5;
    private static readonly float[] Noise = KernelNoise.Floats(4_096);

    [Fact]
    public async Task Envelope()
    {
        var reply = await Done(new EnvelopeRequest(Noise[..512], 256, 1_000, 100, 400, [new Band("low", 0, 50), new Band("high", 50, 200)]));
        var expected = EnvelopeSpectrum.Instance.Reference(new EnvelopeInput(
            new WindowBatch(Noise.AsMemory(0, 512), 256),
            new EnvelopeLayout(new SpectrumLayout(1_000, [new(0, 50), new(50, 200)], isSpectrumIncluded: false), new(100, 400))));
        Close(expected.BandEnergies.Select(energy => (double)energy), reply.Values);
    }

    [Fact]
    public async Task Rolling_and_exponential_statistics()
    {
        var rolling = await Done(new RollingRequest(Noise[..200], 100, 10));
        var expected = RollingStatistics.Instance.Reference(new RollingInput(new WindowBatch(Noise.AsMemory(0, 200), 100), 10));
        Close(Enumerable.Range(0, 182).SelectMany(i => (double[])[expected.Mean[i], expected.Variance[i], expected.Min[i], expected.Max[i]]), rolling.Values);

        var series = new WindowBatch(Noise.AsMemory(0, 200), 100);
        var plain = await Done(new ExponentialRequest(Noise[..200], 100, 0.2));
        var expectedPlain = ExponentialStatistics.Instance.Reference(new ExponentialInput(series, 0.2));
        Close(Enumerable.Range(0, 200).SelectMany(i => (double[])[expectedPlain.Mean[i], expectedPlain.Variance[i]]), plain.Values);
        Assert.Null(plain.Result);

        var charted = await Done(new ExponentialRequest(Noise[..200], 100, 0.2, new ControlChartTerms(0, 0.1)));
        var expectedChart = ExponentialStatistics.Instance.Reference(new ExponentialInput(series, 0.2, new ControlChart(0, 0.1)));
        var chart = Assert.IsType<ControlChartResult>(charted.Result);
        Close(expectedChart.HalfWidths, chart.HalfWidths);
        Assert.Equal(expectedChart.FirstOutside, chart.FirstOutside);
    }

    [Fact]
    public async Task Matrix_profile()
    {
        var reply = await Done(new MatrixProfileRequest(Noise[..400], 200, 20));
        var expected = MatrixProfile.Instance.Reference(new MatrixProfileInput(new WindowBatch(Noise.AsMemory(0, 400), 200), 20));
        Close(expected.SelectMany(series => series.Distances), reply.Values);
        Assert.Equal(expected.SelectMany(series => series.Neighbours), Assert.IsType<NeighboursResult>(reply.Result).Neighbours);
    }

    [Fact]
    public async Task Forecast_fit_and_forecast()
    {
        var fit = await Done(new ForecastFitRequest(Noise[..400], 200, 8, 3, 0.1));
        var model = Assert.IsType<ForecastModelData>(fit.Result);
        var expected = ForecastFit.Instance.Reference(new ForecastFitInput(new WindowBatch(Noise.AsMemory(0, 400), 200), 8, 3, 0.1));
        Close(expected.Weights.Select(weight => (double)weight), model.Weights.Select(weight => (double)weight));
        var reply = await Done(new ForecastRequest(model, Noise[..16]));
        Close(Forecast.Instance.Reference(new ForecastInput(new WindowBatch(Noise.AsMemory(0, 16), 8), expected)).Select(value => (double)value), reply.Values);
    }

    [Fact]
    public async Task Images()
    {
        var filtered = await Done(new ConvolutionRequest(Noise[..400], 20, 10, Noise[..15], 5, 3));
        var filter = new ImageFilter(Noise.AsSpan(0, 15), 5, 3);
        Close(Convolution.Instance.Reference(new ConvolutionInput(Noise.AsMemory(0, 400), 20, 10, filter)).Select(value => (double)value), filtered.Values);

        var template = new byte[200];
        var images = new byte[400];
        foreach (var at in (int[])[45, 46, 65, 66, 250, 251, 252, 253, 270])
        {
            images[at] = 255;
        }

        var difference = await Done(new TemplateDifferenceRequest(images, template, 20, 10, Tolerance: 0));
        Assert.Equal([4, 5], difference.Values);
        var found = Assert.IsType<DifferenceResult>(difference.Result).Images;
        Assert.Equal([new DifferenceRegionData(5, 2, 2, 2, 4, 4)], found[0].Regions);
        Assert.Equal([new DifferenceRegionData(10, 2, 4, 2, 5, 5)], found[1].Regions);
        Assert.All(found, image => Assert.False(image.IsOverfull));
    }

    [Fact]
    public async Task Matrix_product()
    {
        var reply = await Done(new MatrixProductRequest(Noise[..60], Noise[60..160], 3, 20, 5, IsBTransposed: true, Alpha: 2, Beta: -1, C: Noise[..15]));
        var expected = MatrixProduct.Instance.Reference(new MatrixProductInput(
            Noise.AsMemory(0, 60), Noise.AsMemory(60, 100), 3, 20, 5, IsBTransposed: true, Alpha: 2, Beta: -1, C: Noise.AsMemory(0, 15)));
        Close(expected.Select(value => (double)value), reply.Values);
    }

    [Fact]
    public async Task What_ifs()
    {
        var wear = await Done(new DegradationRequest(0, 0.1, 0.5, 5, 100, 64, 3));
        Assert.Equal(
            DegradationWhatIf.Instance.Reference(new DegradationInput(0, 0.1, 0.5, 5, 100, 64, 3)).FailureSteps.Select(step => (double)step), wear.Values);
        var line = await Done(new LineWhatIfRequest([new(0.1, 0.5), new(0.2, 0.6)], [3], 100, 10, 16, 5));
        var expected = LineWhatIf.Instance.Reference(new LineInput(new ProductionLine([(0.1, 0.5), (0.2, 0.6)], [3]), 100, 10, 16, 5));
        Assert.Equal(expected.Produced.Select(parts => (double)parts), line.Values);
    }

    [Theory]
    [InlineData(JoiningRule.WeightedMean, AggregationRule.WeightedMean)]
    [InlineData(JoiningRule.TrimmedMean, AggregationRule.TrimmedMean)]
    [InlineData(JoiningRule.Median, AggregationRule.Median)]
    public async Task Aggregation(JoiningRule rule, AggregationRule expectedRule)
    {
        var reply = await Done(new AggregationRequest(Noise[..70], 7, rule, [], 0.2, 0.9));
        var expected = GradientAggregation.Instance.Reference(new GradientAggregationInput(Noise.AsMemory(0, 70), 7, expectedRule, default, 0.2, 0.9));
        Close(expected.Values.Select(value => (double)value), reply.Values);
        var told = Assert.IsType<AggregationResult>(reply.Result);
        Close(expected.Norms.Select(norm => (double)norm), told.Norms.Select(norm => (double)norm));
        Assert.Equal(expected.Clipped, told.Clipped);
    }

    [Fact]
    public async Task A_model_by_its_name()
    {
        // Relu(x W + b) with W = [1 -1; 2 0.5; 0 3] and b = [0.25 -0.5].
        var reply = await Done(new ModelRequest(TwinCluster.Model, [1, 2, 3, -1, 0, 0], 3));
        Close([5.25, 8.5, 0, 0.5], reply.Values);
    }

    /// <summary>Requests that no device would take, and what is said of them.</summary>
    public static TheoryData<ComputeRequest, string> Malformed => new()
    {
        { new EnvelopeRequest(new float[256], 256, 1_000, 100, 600, [new Band("all", 0, 500)]), "envelope-spectrum: Carrier is 100..600 Hz" },
        { new EnvelopeRequest(new float[100], 100, 1_000, 100, 400, [new Band("all", 0, 500)]), "envelope-spectrum: Length is 100; expected a power of two" },
        { new EnvelopeRequest(new float[256], 256, 1_000, 100, 400, null!), "envelope-spectrum: Bands is missing" },
        { new RollingRequest(new float[10], 10, 11), "rolling-statistics: Width is 11; expected 2..10" },
        { new RollingRequest(null!, 10, 5), "rolling-statistics: Samples holds 0" },
        { new ExponentialRequest([1, float.NaN], 2, 0.5), "exponential-statistics: Samples[1] is NaN" },
        { new ExponentialRequest([1, 2], 2, 1.5), "exponential-statistics: Smoothing is 1.5; expected above 0 to 1" },
        { new MatrixProfileRequest(new float[100], 100, 60), "matrix-profile: Width is 60; expected 4..50" },
        { new ForecastFitRequest(new float[100], 100, 0, 4), "forecast-fit: InputLength is 0" },
        { new ForecastRequest(new ForecastModelData(4, 2, true, new float[7], new float[2]), new float[4]), "forecast: the model has 7 weights" },
        { new ForecastRequest(null!, new float[4]), "forecast: Model is missing" },
        { new ConvolutionRequest(new float[100], 10, 10, new float[4], 2, 2), "convolution: The filter is 2 × 2; expected odd numbers" },
        { new TemplateDifferenceRequest(new byte[100], new byte[99], 10, 10), "template-difference: Template holds 99" },
        { new MatrixProductRequest(new float[6], new float[6], 2, 3, 3), "matrix-product: B holds 6; expected 3 × 3 = 9" },
        { new DegradationRequest(0, 0.1, 0, 5, 10, 10), "degradation-what-if: Volatility is 0" },
        { new LineWhatIfRequest([new(0.1, 1.5)], [], 10, 0, 1), "line-what-if: Machine 0 fails with 0.1, is repaired with 1.5" },
        { new AggregationRequest(new float[10], 3, JoiningRule.Median, []), "gradient-aggregation: Gradients holds 10" },
        { new AggregationRequest(new float[10], 5, (JoiningRule)9, []), "gradient-aggregation: Rule is 9; expected one of WeightedMean" },
        { new ModelRequest("no-such", [1], 1), "model: there is no model 'no-such'; this silo has dense-3x2" },
        { new ModelRequest(TwinCluster.Model, [1, 2], 2), "dense-3x2: Length is 2; expected 3..3" },
        { new AutoencoderScoreRequest(new AutoencoderShapeData(2, 3, 1), new float[5], new float[4]), "autoencoder-score: the model has 5 parameters" },
        { new AutoencoderTrainRequest(null, new AutoencoderShapeData(0, 3, 1), new float[4], 5), "autoencoder: Shape is 0-3-1" },
    };

    [Theory, MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public async Task What_no_device_would_take_is_told_so_by_name(ComputeRequest request, string reason)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Grains.GetGrain<IGridGrain>("requests").Compute(request));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static void Close(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        var (wanted, given) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(wanted.Length, given.Length);
        var norm = Math.Sqrt(wanted.Sum(value => value * value));
        Assert.InRange(Math.Sqrt(wanted.Zip(given, (w, g) => (w - g) * (w - g)).Sum()), 0, Tolerance * norm);
    }

    private async Task<ComputeReply> Done(ComputeRequest request)
    {
        var reply = await cluster.Grains.GetGrain<IGridGrain>("requests").Compute(request with { Deadline = DateTimeOffset.UtcNow.AddMinutes(1) });
        Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
        return reply;
    }
}
