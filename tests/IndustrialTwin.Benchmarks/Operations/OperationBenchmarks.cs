using System.Diagnostics;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>
/// Native forms on one thread against what the processor can do at most and against the best libraries that do the same work. Processor
/// microseconds of the thread; all contenders take turns in each round.
/// </summary>
internal static class OperationBenchmarks
{
    private const int Rounds = 15;
    private const int WarmUpSeconds = 1;
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
        var windows = Series(Windows * Length);
        using var form = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        using var bands = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        var input = new SpectrumInput(new WindowBatch(windows, Length), new SpectrumLayout(1_000, []));
        var banded = input with { Layout = new SpectrumLayout(1_000, [new(0, 50), new(50, 100), new(100, 250), new(250, 500)], isSpectrumIncluded: false) };
        using var libraries = new SpectrumLibraries(windows, Length);
        var contenders = new List<Func<double>>
        {
            Peak.FlopsPerUs32, () => Peak.BytesPerUs(windows), Us(form, input, Windows, 4), Us(bands, banded, Windows, 4), Us(libraries.MathNet, Windows, 1),
        };
        string[] names = ["MathNet ForwardReal", .. Fftw.IsPresent ? ["FFTW 3 r2c, measured plan"] : Array.Empty<string>(), "ONNX Runtime DFT (transform alone)"];
        if (Fftw.IsPresent)
            contenders.Add(Us(libraries.Fftw, Windows, 4));
        contenders.Add(Us(libraries.Onnx, Windows, 1));
        var medians = Measure.Medians(Rounds, [.. contenders]);

        // 2.5 N log2 N of the real transform, N of the window, 3 a bin; N floats in, N / 2 + 1 out.
        var flops = (2.5 * Length * Math.Log2(Length)) + Length + (1.5 * Length);
        var roof = Math.Max(flops / medians[0], 4 * 1.5 * Length / medians[1]);
        yield return new Row("fused multiply-adds, 32 bit, one thread", medians[0] / 1e3, "GFLOP/s");
        yield return new Row($"reading {Windows * Length * 4 / 1024} KiB again and again, one thread", medians[1] / 1e3, "GB/s");
        yield return new Row($"power spectrum {Length}", medians[2], "µs CPU/window", "roofline", roof, "≤ 1.5 µs; roofline / figure ≥ 0.5");
        yield return new Row($"power spectrum {Length}, roofline / figure", roof / medians[2], "", Goal: "≥ 0.5");
        yield return new Row($"power spectrum {Length}, the same where nothing can be fused", 2 * roof / medians[2], "", Goal: "a butterfly is mostly sums");
        yield return new Row($"power spectrum {Length}, 4 bands only", medians[3], "µs CPU/window", "all bins", medians[2]);
        for (var i = 0; i < names.Length; i++)
            yield return new Row($"power spectrum {Length}", medians[2], "µs CPU/window", names[i], medians[4 + i]);
    }

    private static IEnumerable<Row> Statistics()
    {
        var windows = Series(Windows * Length);
        using var form = WindowStatistics.Instance.CreateNativeForm(NativeCode.Simd);
        var libraries = new StatisticsLibraries(windows, Length);
        var medians = Measure.Medians(
            Rounds, Peak.FlopsPerUs64, () => Peak.BytesPerUs(windows), Us(form, new WindowBatch(windows, Length), Windows, 10),
            Us(libraries.Tensors, Windows, 4), Us(libraries.MathNet, Windows, 1));

        // Sum, least and greatest; then difference, square, two sums and two fused multiply-adds: 3 + 8 on 64-bit lanes a sample.
        var roof = Math.Max(11.0 * Length / medians[0], 4.0 * Length / medians[1]);
        yield return new Row("fused multiply-adds, 64 bit, one thread", medians[0] / 1e3, "GFLOP/s");
        yield return new Row($"window statistics {Length}, 64-bit sums", medians[2], "µs CPU/window", "roofline", roof, "roofline / figure ≥ 0.5");
        yield return new Row($"window statistics {Length}, roofline / figure", roof / medians[2], "", Goal: "≥ 0.5");
        yield return new Row($"window statistics {Length}", medians[2], "µs CPU/window", "TensorPrimitives, 32-bit sums", medians[3]);
        yield return new Row($"window statistics {Length}", medians[2], "µs CPU/window", "MathNet DescriptiveStatistics", medians[4]);
    }

    private static IEnumerable<Row> Hotelling()
    {
        const int FitRows = 1_000;
        var rows = Array.ConvertAll(Series(FitRows * Channels), x => (double)x);
        var fitInput = new HotellingFitInput(new RowMatrix(rows, Channels));
        var model = HotellingFit.Instance.Reference(fitInput);
        using var fit = HotellingFit.Instance.CreateNativeForm(NativeCode.Simd);
        using var score = HotellingScore.Instance.CreateNativeForm(NativeCode.Simd);
        var library = new HotellingLibrary(rows, Channels, model);
        var medians = Measure.Medians(
            Rounds, Us(fit, fitInput, 1, 20), Us(library.Fit, 1, 20), Us(score, new HotellingScoreInput(new RowMatrix(rows, Channels), model), FitRows, 20),
            Us(library.Score, FitRows, 20));
        yield return new Row($"Hotelling fit, {Channels} channels × {FitRows} rows", medians[0], "µs CPU", "MathNet matrices", medians[1]);
        yield return new Row($"Hotelling score, {Channels} channels", medians[2], "µs CPU/row", "MathNet matrices", medians[3]);
    }

    private static IEnumerable<Row> Gaussian()
    {
        const int Rows = 1_000, Window = 6_400, Step = 100;
        var series = Array.ConvertAll(Series(Window + Step + Rows), x => (double)x);
        var input = new GaussianLikelihoodInput(series, 0, Window + Step, Rows, Window, Step);
        using var form = GaussianLikelihood.Instance.CreateNativeForm(NativeCode.Simd);
        var medians = Measure.Medians(Rounds, Us(form, input, Rows, 20), Us(() => GaussianLibrary.Score(input), Rows, 5));
        yield return new Row($"Gaussian likelihood, window {Window}, step {Step}", medians[0], "µs CPU/row", "MathNet MeanVariance and Normal.CDF", medians[1]);
    }

    private static Func<double> Us<TInput, TResult>(OperationForm<TInput, TResult> form, TInput input, int units, int repeats)
    {
        var (inputs, results) = (new[] { input }, new TResult[1]);
        return Us(
            () =>
            {
                form.Launch(inputs, results);
                return results[0]!.GetHashCode();
            },
            units,
            repeats);
    }

    private static Func<double> Us(Func<double> work, int units, int repeats)
    {
        var isWarm = false;
        return () =>
        {
            // Code is compiled well only after it has run for a while, and then on another thread.
            for (var until = Stopwatch.GetTimestamp() + (WarmUpSeconds * Stopwatch.Frequency); !isWarm && Stopwatch.GetTimestamp() < until;)
                Sink.Keep(work());
            isWarm = true;
            var start = ThreadTime.Us;
            for (var i = 0; i < repeats; i++)
                Sink.Keep(work());
            return (ThreadTime.Us - start) / ((double)units * repeats);
        };
    }

    private static float[] Series(int length)
    {
        var random = new Random(1);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = (float)(Math.Sin(i * 0.37) + random.NextDouble());
        return values;
    }
}
