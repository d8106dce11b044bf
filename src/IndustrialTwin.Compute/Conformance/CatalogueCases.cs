using IndustrialTwin.Operations.Aggregation;
using IndustrialTwin.Operations.Autoencoders;
using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.Forecasts;
using IndustrialTwin.Operations.Images;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.MatrixProfiles;
using IndustrialTwin.Operations.MonteCarlo;
using IndustrialTwin.Operations.Rolling;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Conformance;

/// <summary>The cases of the kernel catalogue. Where a tolerance is not 1e-6, the reason stands beside it.</summary>
internal static class CatalogueCases
{
    public static OperationCase Of(string operation) => operation switch
    {
        "matrix-product" => new OperationCase<MatrixProductInput, float[]>(
            MatrixProduct.Instance,
            (rows, extent, seed) => Product(rows, extent, extent + 3, seed),
            result => [Doubles(result)]),
        "envelope-spectrum" => new OperationCase<EnvelopeInput, SpectrumResult>(
            EnvelopeSpectrum.Instance,
            (count, length, seed) => new EnvelopeInput(
                Signals.Windows(count, length, seed),
                new EnvelopeLayout(new SpectrumLayout(1_000, [new(0, 50), new(100, 400)]), new(120, 430))),
            result =>
            [
                .. result.Spectra.Chunk(result.Bins).Select(bins => Doubles(bins)),
                Doubles(result.BandEnergies),
            ]),
        "rolling-statistics" => new OperationCase<RollingInput, RollingResult>(
            RollingStatistics.Instance,
            (count, length, seed) => new RollingInput(Signals.Windows(count, length, seed, offset: 50), 2 + (length / 3)),
            result => [result.Mean, result.Variance, Doubles(result.Min), Doubles(result.Max)]),
        "exponential-statistics" => new OperationCase<ExponentialInput, ExponentialResult>(
            ExponentialStatistics.Instance,
            (count, length, seed) => new ExponentialInput(
                Signals.Windows(count, length, seed, offset: 50), 0.1, seed == 1 ? null : new ControlChart(50, 1.5, seed)),
            result => [result.Mean, result.Variance, result.HalfWidths, Array.ConvertAll(result.FirstOutside, x => (double)x)]),
        // Neighbours are not compared: two that are equally near differ in the last bits.
        "matrix-profile" => new OperationCase<MatrixProfileInput, MatrixProfileResult[]>(
            MatrixProfile.Instance,
            (count, length, seed) => new MatrixProfileInput(Signals.Windows(count, length, seed, offset: 50), 4 + (length / 16)),
            result => [.. result.Select(x => x.Distances)]),
        "forecast-fit" => new OperationCase<ForecastFitInput, ForecastModel>(
            ForecastFit.Instance,
            (count, inputs, seed) => new ForecastFitInput(
                Signals.Windows(count, (2 * inputs) + 40, seed, offset: 20), inputs, 1 + (inputs / 2), 0.1, IsLastSubtracted: seed != 2),
            model => [Doubles(model.Weights), Doubles(model.Bias)]),
        "forecast" => new OperationCase<ForecastInput, float[]>(
            Forecast.Instance,
            (count, inputs, seed) => new ForecastInput(
                Signals.Windows(count, inputs, seed),
                new ForecastModel(inputs, inputs + 3, seed != 2, Signals.Floats(inputs * (inputs + 3), 9), Signals.Floats(inputs + 3, 8))),
            result => [Doubles(result)]),
        "convolution" => new OperationCase<ConvolutionInput, float[]>(
            Convolution.Instance,
            (count, extent, seed) => new ConvolutionInput(Signals.Floats(count * extent * (extent + 1), seed), extent + 1, extent, Filter),
            result => [Doubles(result)]),
        "template-difference" => new OperationCase<TemplateDifferenceInput, ImageDifference[]>(
            TemplateDifference.Instance,
            (count, extent, seed) => new TemplateDifferenceInput(
                Greys(count * extent * (extent + 2), seed), Greys(extent * (extent + 2), seed + 50), extent + 2, extent, 1, 40, 2),
            result =>
            [
                .. result.Select(x => (double[])
                [
                    x.DifferingPixels, .. x.Regions.SelectMany(r => (double[])[r.X, r.Y, r.Width, r.Height, r.Area, r.Brighter]),
                ]),
            ])
        {
            HasAtomics = true,
        },
        "autoencoder-score" => new OperationCase<AutoencoderScoreInput, float[]>(
            AutoencoderScore.Instance,
            (count, channels, seed) => new AutoencoderScoreInput(Signals.Windows(count, channels, seed), Model(channels)),
            result => [Doubles(result)]),
        // Adam divides each gradient by its own size, so that of a parameter near its best is as uncertain as its sum is: 1e-5 after four steps.
        "autoencoder-train" => new OperationCase<AutoencoderTrainInput, AutoencoderTrainResult>(
            AutoencoderTrain.Instance,
            (count, channels, seed) => new AutoencoderTrainInput(
                TrainingState.Start(Model(channels)), Signals.Windows(count + 3, channels, seed), 4, count, 1e-2f, (ulong)seed),
            result => [Doubles(result.State.Model.Parameters), [result.Loss]],
            toleranceMin: 1e-5),
        "degradation-what-if" => new OperationCase<DegradationInput, DegradationResult>(
            DegradationWhatIf.Instance,
            (paths, steps, seed) => new DegradationInput(1, 0.1, 0.5, 1.5 + (0.08 * steps), steps, paths, (ulong)seed),
            result => [Array.ConvertAll(result.FailureSteps, x => (double)x)]),
        "line-what-if" => new OperationCase<LineInput, LineResult>(
            LineWhatIf.Instance,
            (runs, cycles, seed) => new LineInput(Line, cycles, cycles / 4, runs, (ulong)seed),
            result => [Array.ConvertAll(result.Produced, x => (double)x)]),
        "gradient-aggregation-mean" => new OperationCase<GradientAggregationInput, AggregatedGradient>(
            GradientAggregation.Instance,
            (workers, coordinates, seed) => new GradientAggregationInput(
                Gradients(workers * coordinates, seed), workers, AggregationRule.WeightedMean, Weights: Array.ConvertAll(Signals.Floats(workers, seed + 9), Math.Abs), ClipNorm: coordinates),
            result => [Doubles(result.Values), Doubles(result.Norms), [result.Clipped]]),
        "gradient-aggregation-trimmed" => new OperationCase<GradientAggregationInput, AggregatedGradient>(
            GradientAggregation.Instance,
            (workers, coordinates, seed) => new GradientAggregationInput(
                Gradients(workers * coordinates, seed), workers, AggregationRule.TrimmedMean, TrimShare: 0.2, ClipNorm: seed),
            result => [Doubles(result.Values), Doubles(result.Norms), [result.Clipped]]),
        "gradient-aggregation-median" => new OperationCase<GradientAggregationInput, AggregatedGradient>(
            GradientAggregation.Instance,
            (workers, coordinates, seed) => new GradientAggregationInput(
                Gradients(workers * coordinates, seed), workers, AggregationRule.Median, TrimShare: 0.2, ClipNorm: seed),
            result => [Doubles(result.Values), Doubles(result.Norms), [result.Clipped]]),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "No such case."),
    };

    private static ImageFilter Filter { get; } = new(Signals.Floats(35, 3), 5, 7);

    private static AutoencoderModel Model(int channels) => AutoencoderModel.Create(new AutoencoderShape(channels, channels + 2, (channels / 2) + 1), 3);

    private static ProductionLine Line { get; } =
        new([(0.1, 0.5), (0.05, 0.3), (0.2, 0.6), (0.1, 0.4), (0.02, 0.2), (0.3, 0.9)], [3, 1, 5, 2, 4]);

    /// <summary>Gradients of one direction: a mean that cancels to nothing has no digits to compare.</summary>
    private static float[] Gradients(int count, int seed) => Array.ConvertAll(Signals.Floats(count, seed), x => x + 1);

    private static byte[] Greys(int count, int seed)
    {
        // Mostly dark, so that bright pixels form regions of a few.
        var random = new Random(seed);
        var values = new byte[count];
        foreach (ref var value in values.AsSpan())
            value = (byte)(random.Next(4) == 0 ? random.Next(256) : random.Next(30));
        return values;
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, x => (double)x);

    private static MatrixProductInput Product(int rows, int inner, int columns, int seed) => new(
        Signals.Floats(rows * inner, seed),
        Signals.Floats(inner * columns, seed + 100),
        rows,
        inner,
        columns,
        IsATransposed: inner % 2 == 0,
        IsBTransposed: rows == 7,
        Alpha: seed == 1 ? 1 : 0.5f,
        Beta: seed == 1 ? 0 : -2,
        C: seed == 1 ? default : Signals.Floats(rows * columns, seed + 200));
}
