using IndustrialTwin.Bench;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>
/// Native forms on one thread against the best libraries that do the same work; <c>itwin bench kernels</c> holds them against what the
/// processor can do at most. Processor microseconds of the thread; all contenders take turns in each round.
/// </summary>
internal static class OperationBenchmarks
{
    private const int Rounds = 15;
    private const int Windows = 64;
    private const int Length = 1_024;
    private const int Channels = 8;

    public static Task<IReadOnlyList<Row>> RunAsync()
    {
        List<Row> rows = [.. Spectrum(), .. Statistics(), .. Hotelling(), .. Gaussian()];
        return Task.FromResult<IReadOnlyList<Row>>(rows);
    }

    private static IEnumerable<Row> Spectrum()
    {
        var windows = KernelWork.Series(Windows * Length);
        using var form = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        var input = new SpectrumInput(new WindowBatch(windows, Length), new SpectrumLayout(1_000, []));
        using var libraries = new SpectrumLibraries(windows, Length);
        var contenders = new List<Func<double>> { KernelWork.Us(form, () => input, Windows, 4), KernelWork.Us(libraries.MathNet, Windows, 1) };
        string[] names = ["MathNet ForwardReal", .. Fftw.IsPresent ? ["FFTW 3 r2c, measured plan"] : Array.Empty<string>(), "ONNX Runtime DFT (transform alone)"];
        if (Fftw.IsPresent)
            contenders.Add(KernelWork.Us(libraries.Fftw, Windows, 4));
        contenders.Add(KernelWork.Us(libraries.Onnx, Windows, 1));
        var medians = Measure.Medians(Rounds, [.. contenders]);
        for (var i = 0; i < names.Length; i++)
            yield return new Row($"power spectrum {Length}", medians[0], "µs CPU/window", names[i], medians[1 + i], i == 0 ? "≤ 1.5 µs" : "");
    }

    private static IEnumerable<Row> Statistics()
    {
        var windows = KernelWork.Series(Windows * Length);
        using var form = WindowStatistics.Instance.CreateNativeForm(NativeCode.Simd);
        var libraries = new StatisticsLibraries(windows, Length);
        var medians = Measure.Medians(
            Rounds, KernelWork.Us(form, () => new WindowBatch(windows, Length), Windows, 10), KernelWork.Us(libraries.Tensors, Windows, 4),
            KernelWork.Us(libraries.MathNet, Windows, 1));
        yield return new Row($"window statistics {Length}", medians[0], "µs CPU/window", "TensorPrimitives, 32-bit sums", medians[1]);
        yield return new Row($"window statistics {Length}", medians[0], "µs CPU/window", "MathNet DescriptiveStatistics", medians[2]);
    }

    private static IEnumerable<Row> Hotelling()
    {
        const int FitRows = 1_000;
        var rows = Array.ConvertAll(KernelWork.Series(FitRows * Channels), x => (double)x);
        var fitInput = new HotellingFitInput(new RowMatrix(rows, Channels));
        var model = HotellingFit.Instance.Reference(fitInput);
        using var fit = HotellingFit.Instance.CreateNativeForm(NativeCode.Simd);
        using var score = HotellingScore.Instance.CreateNativeForm(NativeCode.Simd);
        var library = new HotellingLibrary(rows, Channels, model);
        var medians = Measure.Medians(
            Rounds, KernelWork.Us(fit, () => fitInput, 1, 20), KernelWork.Us(library.Fit, 1, 20), KernelWork.Us(score, () => new HotellingScoreInput(new RowMatrix(rows, Channels), model), FitRows, 20),
            KernelWork.Us(library.Score, FitRows, 20));
        yield return new Row($"Hotelling fit, {Channels} channels × {FitRows} rows", medians[0], "µs CPU", "MathNet matrices", medians[1]);
        yield return new Row($"Hotelling score, {Channels} channels", medians[2], "µs CPU/row", "MathNet matrices", medians[3]);
    }

    private static IEnumerable<Row> Gaussian()
    {
        const int Rows = 1_000, Window = 6_400, Step = 100;
        var series = Array.ConvertAll(KernelWork.Series(Window + Step + Rows), x => (double)x);
        var input = new GaussianLikelihoodInput(series, 0, Window + Step, Rows, Window, Step);
        using var form = GaussianLikelihood.Instance.CreateNativeForm(NativeCode.Simd);
        var medians = Measure.Medians(Rounds, KernelWork.Us(form, () => input, Rows, 20), KernelWork.Us(() => GaussianLibrary.Score(input), Rows, 5));
        yield return new Row($"Gaussian likelihood, window {Window}, step {Step}", medians[0], "µs CPU/row", "MathNet MeanVariance and Normal.CDF", medians[1]);
    }
}
