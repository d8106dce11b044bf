using IndustrialTwin.Conformance;
using System.Diagnostics;
using IndustrialTwin.Operations.Aggregation;
using IndustrialTwin.Operations.Autoencoders;
using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.Forecasts;
using IndustrialTwin.Operations.Images;
using IndustrialTwin.Operations.MatrixProfiles;
using IndustrialTwin.Operations.MonteCarlo;
using IndustrialTwin.Operations.Rolling;
using IndustrialTwin.Operations.Spectra;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Writes what a job costs in the vector code and in plain loops; asserts only that it ran. Run when asked for; time is never asserted: the machine is shared.</summary>
public sealed class CatalogueSpeed(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public void Jobs_are_timed()
    {
        var windows = Signals.Windows(64, 1024, 1);
        Measure("envelope spectrum, 64 × 1024", EnvelopeSpectrum.Instance, new EnvelopeInput(windows, new EnvelopeLayout(new SpectrumLayout(12_000, [new(100, 110)], false), new(2_000, 5_000))));
        Measure("rolling statistics, 64 × 1024, width 64", RollingStatistics.Instance, new RollingInput(windows, 64));
        Measure("exponential statistics, 64 × 1024", ExponentialStatistics.Instance, new ExponentialInput(windows, 0.1));
        Measure("matrix profile, 8192, width 100", MatrixProfile.Instance, new MatrixProfileInput(Signals.Windows(1, 8192, 1), 100));
        Measure("forecast fit, 7 × 8640, 336 → 96", ForecastFit.Instance, new ForecastFitInput(Signals.Windows(7, 8640, 1), 336, 96));
        Measure("5 × 5 filter, 640 × 640", Convolution.Instance, new ConvolutionInput(Signals.Floats(640 * 640, 1), 640, 640, new ImageFilter(Signals.Floats(25, 2), 5, 5)));
        var images = new byte[640 * 640];
        new Random(1).NextBytes(images.AsSpan(0, 20_000));
        Measure("template difference, 640 × 640, tolerance 4", TemplateDifference.Instance, new TemplateDifferenceInput(images, new byte[640 * 640], 640, 640, 4));
        var state = TrainingState.Start(AutoencoderModel.Create(new AutoencoderShape(32, 64, 8), 1));
        Measure("autoencoder 32-64-8, one step of 64 rows", AutoencoderTrain.Instance, new AutoencoderTrainInput(state, Signals.Windows(1_000, 32, 1), 1));
        Measure("degradation, 1000 paths × 1000 steps", DegradationWhatIf.Instance, new DegradationInput(0, 0.001, 0.1, 1e6, 1_000, 1_000));
        Measure("line of 6, 1000 runs × 1000 cycles", LineWhatIf.Instance, new LineInput(
            new ProductionLine([(0.1, 0.5), (0.05, 0.3), (0.2, 0.6), (0.1, 0.4), (0.02, 0.2), (0.3, 0.9)], [3, 1, 5, 2, 4]), 1_000, 0, 1_000));
        Measure("median of 64 gradients of 10,000", GradientAggregation.Instance, new GradientAggregationInput(Signals.Floats(640_000, 1), 64, AggregationRule.Median));
    }

    private void Measure<TInput, TResult>(string name, Operation<TInput, TResult> operation, TInput input)
    {
        var inputs = new[] { input };
        var results = new TResult[1];
        var best = new double[2];
        foreach (var code in (NativeCode[])[NativeCode.Simd, NativeCode.Portable])
        {
            using var form = operation.CreateNativeForm(code);
            best[(int)code] = double.MaxValue;
            // Long enough for the compiler to get to its best code.
            var until = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
            do
            {
                var start = Stopwatch.GetTimestamp();
                form.Launch(inputs, results);
                best[(int)code] = Math.Min(best[(int)code], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
            while (Stopwatch.GetTimestamp() < until);
        }

        output.WriteLine($"{name}: {best[0]:f0} µs, plain loops {best[1]:f0} µs, ratio {best[1] / best[0]:f1}");
        Assert.NotNull(results[0]);
    }
}
