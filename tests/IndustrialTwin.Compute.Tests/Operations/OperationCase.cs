using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>One operation with inputs of one size, to be run on any device and compared with its reference.</summary>
internal abstract class OperationCase
{
    public abstract Task CheckAsync(IComputeDevice device, int batch, int size, double tolerance);

    public abstract bool CanRunOn(DeviceDescription device);

    /// <summary>Whether its kernels use atomic operations, which PoCL without a generic address space cannot compile.</summary>
    public bool HasAtomics { get; init; }

    public static OperationCase Of(string operation) => operation switch
    {
        "window-statistics" => new OperationCase<WindowBatch, WindowSummary[]>(
            WindowStatistics.Instance,
            (count, length, seed) => Signals.Windows(count, length, seed, offset: 50),
            result => [.. result.Select(w => (double[])
            [
                w.Min, w.Max, w.Mean, w.StandardDeviation, w.Rms, w.Peak, w.CrestFactor, w.Skewness, w.Kurtosis, w.PeakToPeak,
            ])]),
        "power-spectrum" => new OperationCase<SpectrumInput, SpectrumResult>(
            PowerSpectrum.Instance,
            (count, length, seed) => new SpectrumInput(
                Signals.Windows(count, length, seed),
                new SpectrumLayout(1_000, [new(0, 100), new(50, 200), new(300, 500.1), new(2_000, 3_000)])),
            result =>
            [
                .. result.Spectra.Chunk(result.Bins).Select(bins => Array.ConvertAll(bins, x => (double)x)),
                Array.ConvertAll(result.BandEnergies, x => (double)x),
            ]),
        "power-spectrum-bands" => new OperationCase<SpectrumInput, SpectrumResult>(
            PowerSpectrum.Instance,
            (count, length, seed) => new SpectrumInput(
                Signals.Windows(count, length, seed), new SpectrumLayout(1_000, [new(0, 100), new(100, 400)], isSpectrumIncluded: false)),
            result => [Array.ConvertAll(result.BandEnergies, x => (double)x), Array.ConvertAll(result.Spectra, x => (double)x)]),
        "hotelling-fit" => new OperationCase<HotellingFitInput, HotellingModel>(
            HotellingFit.Instance,
            (count, channels, seed) => new HotellingFitInput(Signals.Rows((count * 8) + (4 * channels), channels, seed)),
            model => [model.Mean, model.Scale, model.InverseCovariance, [model.Rows], [model.Rank], [model.UpperControlLimit]]),
        "hotelling-score" => new OperationCase<HotellingScoreInput, double[]>(
            HotellingScore.Instance,
            (count, channels, seed) => new HotellingScoreInput(
                Signals.Rows(count, channels, seed),
                HotellingFit.Instance.Reference(new HotellingFitInput(Signals.Rows(50 + (4 * channels), channels, 1)))),
            scores => [scores]),
        "gaussian-likelihood" => new OperationCase<GaussianLikelihoodInput, double[]>(
            GaussianLikelihood.Instance,
            (count, window, seed) => new GaussianLikelihoodInput(
                Signals.Series((2 * window) + count, seed), 0, seed % window, (2 * window) + count - (seed % window), window, Math.Max(1, window / 4)),
            scores => [scores]),
        _ => CatalogueCases.Of(operation),
    };
}

internal sealed class OperationCase<TInput, TResult>(
    Operation<TInput, TResult> operation,
    Func<int, int, int, TInput> input,
    Func<TResult, double[][]> vectors,
    double toleranceMin = 0) : OperationCase
{
    public override bool CanRunOn(DeviceDescription device) => operation.CanRunOn(device);

    /// <summary>Runs three jobs at once, so that joined launches are compared too.</summary>
    public override async Task CheckAsync(IComputeDevice device, int batch, int size, double tolerance)
    {
        const int Jobs = 3;
        tolerance = Math.Max(tolerance, toleranceMin);
        var inputs = Enumerable.Range(1, Jobs).Select(seed => input(batch, size, seed)).ToArray();
        var outcomes = await Task.WhenAll(inputs.Select(x => device.RunAsync(operation, x).AsTask()));
        for (var job = 0; job < Jobs; job++)
        {
            Assert.True(outcomes[job].TryGetResult(out var result), outcomes[job].Reason);
            var expected = vectors(operation.Reference(inputs[job]));
            var actual = vectors(result);
            Assert.Equal(expected.Length, actual.Length);
            for (var v = 0; v < expected.Length; v++)
            {
                Assert.Equal(expected[v].Length, actual[v].Length);
                var norm = Math.Sqrt(expected[v].Sum(x => x * x));
                var error = Math.Sqrt(expected[v].Zip(actual[v], (e, a) => (e - a) * (e - a)).Sum());
                Assert.True(error <= tolerance * norm, $"job {job}, vector {v}: error {error:g3} of norm {norm:g3} exceeds {tolerance:g1}.");
            }
        }
    }
}
