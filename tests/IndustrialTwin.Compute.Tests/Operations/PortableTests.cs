using CsCheck;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>The plain loops and the vector code give the same, at any size: also those that fill no register.</summary>
public sealed class PortableTests
{
    private const double Tolerance = 2e-6;

    [Fact]
    public void Window_statistics() => Gen.Select(Gen.Int[1, 200], Gen.Int[1, 4], Gen.Int[1, 1000]).Sample((length, count, seed) => Same(
        WindowStatistics.Instance,
        Signals.Windows(count, length, seed),
        result => [.. result.SelectMany(w => (double[])[w.Min, w.Max, w.Mean, w.StandardDeviation, w.Rms, w.Peak, w.CrestFactor, w.Skewness, w.Kurtosis, w.PeakToPeak])]));

    [Fact]
    public void Power_spectrum() => Gen.Select(Gen.Int[5, 12], Gen.Int[1, 4], Gen.Int[1, 1000]).Sample((power, count, seed) => Same(
        PowerSpectrum.Instance,
        new SpectrumInput(Signals.Windows(count, 1 << power, seed), new SpectrumLayout(1_000, [new(0, 100), new(90, 500)])),
        result => [.. result.BandEnergies.Select(x => (double)x), .. result.Spectra.Select(x => (double)x)]));

    [Fact]
    public void Hotelling() => Gen.Select(Gen.Int[1, 19], Gen.Int[0, 30], Gen.Int[1, 1000]).Sample((channels, rows, seed) =>
    {
        var fit = new HotellingFitInput(Signals.Rows((4 * channels) + 3 + rows, channels, seed));
        Same(HotellingFit.Instance, fit, model => [.. model.Mean, .. model.Scale, .. model.InverseCovariance, model.Rank, model.UpperControlLimit]);
        Same(HotellingScore.Instance, new HotellingScoreInput(Signals.Rows(rows + 1, channels, seed + 1), HotellingFit.Instance.Reference(fit)), scores => scores);
    });

    [Fact]
    public void Gaussian_likelihood() => Gen.Select(Gen.Int[1, 60], Gen.Int[1, 90], Gen.Int[1, 1000]).Sample((window, count, seed) => Same(
        GaussianLikelihood.Instance,
        new GaussianLikelihoodInput(Signals.Series((2 * window) + count, seed), 0, seed % window, count, window, 1 + (seed % window)),
        scores => scores));

    private static void Same<TInput, TResult>(Operation<TInput, TResult> operation, TInput input, Func<TResult, double[]> values)
    {
        operation.Validate(input);
        var (simd, portable) = (Run(NativeCode.Simd), Run(NativeCode.Portable));
        Assert.Equal(portable.Length, simd.Length);
        var norm = Math.Sqrt(portable.Sum(x => x * x));
        var error = Math.Sqrt(portable.Zip(simd, (p, s) => (p - s) * (p - s)).Sum());
        Assert.True(error <= Tolerance * norm, $"{operation.Name}: off by {error:g3} of {norm:g3}.");

        double[] Run(NativeCode code)
        {
            using var form = operation.CreateNativeForm(code);
            var results = new TResult[1];
            form.Launch([input], results);
            Assert.Null(operation.NonFinite(results[0]));
            return values(results[0]);
        }
    }
}
