using System.Runtime.CompilerServices;
using IndustrialTwin.Conformance;
using IndustrialTwin.Operations.Aggregation;
using IndustrialTwin.Operations.Autoencoders;
using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.Forecasts;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Images;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.MatrixProfiles;
using IndustrialTwin.Operations.MonteCarlo;
using IndustrialTwin.Operations.Rolling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Jobs as arrays: what drivers see of an operation.</summary>
public sealed class WireTests
{
    private static readonly SpectrumInput Spectra = new(Signals.Windows(3, 64, 1), new SpectrumLayout(1_000, [new(0, 100), new(50, 200)]));
    private static readonly ProductionLine Line = new([(0.1, 0.5), (0.2, 0.4)], [3]);
    private static readonly AutoencoderTrainInput Training =
        new(TrainingState.Start(AutoencoderModel.Create(new AutoencoderShape(5, 4, 2), 1)), Signals.Windows(3, 5, 1), Steps: 2, BatchRows: 7);

    private static readonly HotellingFitInput Fit = new(Signals.Rows(50, 4, 1));

    [Fact]
    public void The_bytes_of_a_job_are_those_of_its_arrays()
    {
        Same(WindowStatistics.Instance, Signals.Windows(3, 33, 1));
        Same(WindowStatistics.Instance, Signals.Windows(100, 1, 1)); // Its results are more.
        Same(PowerSpectrum.Instance, Spectra);
        Same(PowerSpectrum.Instance, Spectra with { Layout = new SpectrumLayout(1_000, [.. Enumerable.Repeat(new FrequencyBand(0, 9), 256)], isSpectrumIncluded: false) });
        Same(HotellingFit.Instance, Fit);
        Same(HotellingScore.Instance, new HotellingScoreInput(Signals.Rows(7, 4, 2), HotellingFit.Instance.Reference(Fit)));
        foreach (var (name, sizes, _) in ConformanceSuite.Catalogue)
        {
            foreach (var seed in (int[])[1, 2])
                Assert.True(OperationCase.Of(name).JobOf(3, sizes[^1], seed) is null or { InputBytes: > 0 });
        }

        Same(EnvelopeSpectrum.Instance, new EnvelopeInput(Signals.Windows(3, 64, 1), new EnvelopeLayout(Spectra.Layout, new(100, 200))));
        Same(RollingStatistics.Instance, new RollingInput(Signals.Windows(3, 33, 1), 5));
        Same(ExponentialStatistics.Instance, new ExponentialInput(Signals.Windows(3, 33, 1), 0.1));
        Same(ForecastFit.Instance, new ForecastFitInput(Signals.Windows(1, 64, 1), 20, 30));
        Same(Forecast.Instance, new ForecastInput(Signals.Windows(3, 8, 1), new ForecastModel(8, 200, true, new float[1_600], new float[200])));
        Same(Convolution.Instance, new ConvolutionInput(Signals.Floats(60, 1), 5, 6, new ImageFilter(Signals.Floats(15, 1), 5, 3)));
        Same(AutoencoderScore.Instance, new AutoencoderScoreInput(Signals.Windows(3, 5, 1), AutoencoderModel.Create(new AutoencoderShape(5, 4, 2), 1)));
        Same(MatrixProduct.Instance, new MatrixProductInput(Signals.Floats(6, 1), Signals.Floats(15, 1), 2, 3, 5, IsBTransposed: true, Beta: 1, C: Signals.Floats(10, 1)));
        Same(GradientAggregation.Instance, new GradientAggregationInput(Signals.Floats(21, 1), 3, Weights: new float[] { 1, 2, 3 }));
        Same(MatrixProfile.Instance, new MatrixProfileInput(Signals.Windows(3, 33, 1), 5));
        Same(TemplateDifference.Instance, new TemplateDifferenceInput(new byte[60], new byte[20], 5, 4));
        Same(DegradationWhatIf.Instance, new DegradationInput(0, 1, 1, 5, 7, 20));
        Same(LineWhatIf.Instance, new LineInput(Line, 9, 3, 20));
        Same(AutoencoderTrain.Instance, Training);
        Same(GaussianLikelihood.Instance, new GaussianLikelihoodInput(Signals.Series(30, 1), 0, 3, 20, 10, 5));

        static void Same<TInput, TResult>(Operation<TInput, TResult> operation, TInput input)
        {
            var wire = operation.Wire!;
            var job = new ArrayJob(wire.Write(input), wire.ResultsOf(input));
            Assert.Equal(Math.Max(job.InputBytes, job.ResultBytes), wire.BytesOf(input));
        }
    }

    [Fact]
    public void Results_that_cannot_be_are_refused_by_name()
    {
        var wire = HotellingFit.Instance.Wire;
        NamedArray[] good =
        [
            NamedArray.Of("mean", new double[4], 4),
            NamedArray.Of("scale", [1.0, 1, 1, 1], 4),
            NamedArray.Of("inverse-covariance", new double[16], 4, 4),
            NamedArray.Of("rank", 4L),
            NamedArray.Of("upper-control-limit", 12.0),
        ];
        Assert.Equal(4, wire.Read(Fit, good).Rank);
        Refused("rank is 5; expected 0..4", 3, NamedArray.Of("rank", 5L));
        Refused("rank is -1; expected 0..4", 3, NamedArray.Of("rank", -1L));
        Refused("scale[2] is 0; expected above 0", 1, NamedArray.Of("scale", [1.0, 1, 0, 1], 4));
        Refused("Array 0 of the result is not as it must be: it is mean: Float64 [3]; expected mean: Float64 [4].", 0, NamedArray.Of("mean", new double[3], 3));
        Refused("it is mean: Float32 [4]; expected mean: Float64 [4]", 0, NamedArray.Of("mean", new float[4], 4));
        Refused("mean: Float64 [4] has 31 bytes; expected 32", 0, good[0] with { Data = good[0].Data[1..] });

        void Refused(string reason, int index, NamedArray bad)
        {
            NamedArray[] arrays = [.. good];
            arrays[index] = bad;
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => wire.Read(Fit, arrays)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Answers_that_no_operation_gives_are_refused_by_name()
    {
        Refused(DegradationWhatIf.Instance, new(0, 1, 1, 5, 7, 2), "failure-steps has 8; expected -1 or 1..7", NamedArray.Of("failure-steps", [7L, 8], 2));
        Refused(DegradationWhatIf.Instance, new(0, 1, 1, 5, 7, 2), "failure-steps has 0", NamedArray.Of("failure-steps", [0L, -1], 2));
        Refused(LineWhatIf.Instance, new(Line, 9, 3, 2), "produced has 10; expected 0..9, the cycles", NamedArray.Of("produced", [9L, 10], 2));
        Refused(LineWhatIf.Instance, new(Line, 9, 3, 2), "produced has -1", NamedArray.Of("produced", [-1L, 0], 2));
        Refused(
            TemplateDifference.Instance, new(new byte[4], new byte[4], 2, 2), "mask[2] is 3; expected 0, 1 or 2",
            NamedArray.Of("mask", (ReadOnlySpan<byte>)[0, 2, 3, 1], 1, 2, 2));
        var profile = new MatrixProfileInput(Signals.Windows(1, 9, 1), 4);
        RefusedProfile(profile, [1, 1, 1, 1, 1, 1], [3, 4, 5, 0, 1, 6], "neighbours[5] is 6; expected -1, or 0..5 and more than 1 from 5");
        RefusedProfile(profile, [1, 1, 1, 1, 1, 1], [3, 4, 1, 0, 1, 2], "neighbours[2] is 1; expected -1, or 0..5 and more than 1 from 2");
        RefusedProfile(profile, [1, double.NaN, 1, 1, 1, 1], [3, 4, 5, 0, 1, 2], "distances[1] is NaN; expected a finite number of 0 or more");
        RefusedProfile(profile, [1, 1, 1, -1, 1, 1], [3, 4, 5, 0, 1, 2], "distances[3] is -1; expected a finite number of 0 or more");
        // What has no neighbour has no distance either, whatever stands there.
        NamedArray[] none = [NamedArray.Of("distances", [1.0, double.NaN, 1, 1, 1, 1], 1, 6), NamedArray.Of("neighbours", [3L, -1, 5, 0, 1, 2], 1, 6)];
        Assert.Equal(double.PositiveInfinity, MatrixProfile.Instance.Wire.Read(profile, none)[0].Distances[1]);

        var (good, count) = (Training.State.Model.Parameters, Training.State.Model.Parameters.Length);
        NamedArray[] taught =
        [
            NamedArray.Of("parameters", good, count), NamedArray.Of("first-moments", good, count),
            NamedArray.Of("second-moments", new float[count], count), NamedArray.Of("loss", 0.5),
        ];
        Assert.Equal((2L, 0.5), (AutoencoderTrain.Instance.Wire.Read(Training, taught).State.Step, AutoencoderTrain.Instance.Wire.Read(Training, taught).Loss));
        foreach (var (place, bad) in ((int, float)[])[(2, -1), (2, float.NaN), (2, float.PositiveInfinity), (1, float.NaN)])
        {
            var moments = new float[count];
            moments[3] = bad;
            NamedArray[] arrays = [.. taught];
            arrays[place] = NamedArray.Of(taught[place].Name, moments, count);
            Refused(AutoencoderTrain.Instance, Training, $"{taught[place].Name}[3] is {bad}; expected a finite number", arrays);
        }

        static void Refused<TInput, TResult>(Operation<TInput, TResult> operation, TInput input, string reason, params NamedArray[] answer) =>
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => operation.Wire!.Read(input, answer)).Message, StringComparison.Ordinal);

        static void RefusedProfile(MatrixProfileInput input, double[] distances, long[] neighbours, string reason) => Refused(
            MatrixProfile.Instance, input, reason, NamedArray.Of("distances", distances, 1, 6), NamedArray.Of("neighbours", neighbours, 1, 6));
    }

    [Fact]
    public void Every_operation_of_the_catalogue_can_be_asked_of_a_driver()
    {
        foreach (var (name, sizes, _) in ConformanceSuite.All)
            Assert.True(OperationCase.Of(name).Operation.OnArrays.IsArrays, name);
        Assert.All(ConformanceSuite.Long, entry => Assert.Contains(ConformanceSuite.All, known => known.Case == entry.Case));
    }

    [Fact]
    public void The_page_of_drivers_names_every_array_of_every_operation()
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/drivers.md"));
        foreach (var (name, sizes, _) in ConformanceSuite.All)
        {
            var known = OperationCase.Of(name);
            if (known.JobOf(1, sizes[^1], 1) is not { } job)
                continue;
            var row = page.Split('\n').Single(line => line.StartsWith($"| `{known.Operation.Name}` |", StringComparison.Ordinal));
            Assert.All(job.Inputs.Select(array => array.Name), array => Assert.Contains($"`{array}`", row.Split('|')[2], StringComparison.Ordinal));
            Assert.All(job.Results.Select(array => array.Name), array => Assert.Contains($"`{array}`", row.Split('|')[3], StringComparison.Ordinal));
        }

        static string Here([CallerFilePath] string path = "") => path;
    }
}
