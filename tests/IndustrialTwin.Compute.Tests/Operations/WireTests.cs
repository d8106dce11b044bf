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
using IndustrialTwin.Operations.Rolling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Jobs as arrays: what drivers see of an operation.</summary>
public sealed class WireTests
{
    private static readonly SpectrumInput Spectra = new(Signals.Windows(3, 64, 1), new SpectrumLayout(1_000, [new(0, 100), new(50, 200)]));
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
