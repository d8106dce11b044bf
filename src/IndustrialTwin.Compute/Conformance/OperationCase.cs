using System.Globalization;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Conformance;

/// <summary>One operation with inputs of one size, to be run on any device and compared with its reference.</summary>
public abstract class OperationCase
{
    private protected OperationCase()
    {
    }

    /// <summary>The operation.</summary>
    public abstract Operation Operation { get; }

    /// <summary>Whether its kernels use atomic operations.</summary>
    public bool HasAtomics { get; init; }

    /// <summary>Runs three jobs at once, so that joined launches are compared too.</summary>
    /// <param name="device">The device.</param>
    /// <param name="batch">Windows or rows in each job, above 0.</param>
    /// <param name="size">The main extent: the window's length, or the number of channels.</param>
    /// <param name="tolerance">Largest error of a result's vector that passes, relative to its norm.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public abstract Task<CaseResult> CheckAsync(
        IComputeDevice device, int batch, int size, double tolerance, CancellationToken cancellationToken = default);

    /// <summary>A job as arrays; null where the operation cannot be written so.</summary>
    /// <param name="batch">Windows or rows, above 0.</param>
    /// <param name="size">The main extent.</param>
    /// <param name="seed">Jobs of one seed are equal.</param>
    public abstract ArrayJob? JobOf(int batch, int size, int seed);

    /// <summary>Judges the arrays that such a job was answered with.</summary>
    public abstract CaseResult Judge(int batch, int size, int seed, IReadOnlyList<NamedArray> results, double tolerance);

    /// <summary>One small job on the device's own thread: null when its result is right.</summary>
    internal abstract string? Failure(DeviceOwner owner, double tolerance);

    /// <summary>The case of an operation; <c>power-spectrum-bands</c> is a power spectrum without its bins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
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
        "sliding-statistics" => new SlidingCase<SlidingWindows, WindowBatch, WindowSummary[]>(
            SlidingStatistics.Instance, windows => windows, (OperationCase<WindowBatch, WindowSummary[]>)Of("window-statistics")),
        "sliding-spectrum" => new SlidingCase<SlidingSpectrumInput, SpectrumInput, SpectrumResult>(
            SlidingSpectrum.Instance,
            windows => new SlidingSpectrumInput(windows, new SpectrumLayout(1_000, [new(0, 100), new(50, 200)])),
            (OperationCase<SpectrumInput, SpectrumResult>)Of("power-spectrum")),
        _ => CatalogueCases.Of(operation),
    };
}

internal sealed class OperationCase<TInput, TResult>(
    Operation<TInput, TResult> operation,
    Func<int, int, int, TInput> input,
    Func<TResult, double[][]> vectors,
    double toleranceMin = 0) : OperationCase
{
    public override Operation Operation => operation;

    public override async Task<CaseResult> CheckAsync(
        IComputeDevice device, int batch, int size, double tolerance, CancellationToken cancellationToken = default)
    {
        const int Jobs = 3;
        var inputs = Enumerable.Range(1, Jobs).Select(seed => input(batch, size, seed)).ToArray();
        var outcomes = await Task.WhenAll(inputs.Select(x => device.RunAsync(operation, x, default, cancellationToken).AsTask())).ConfigureAwait(false);
        var worst = 0.0;
        for (var job = 0; job < Jobs; job++)
        {
            if (!outcomes[job].TryGetResult(out var result))
                return new CaseResult(worst, $"job {job}: {outcomes[job].Reason}");
            var (error, failure) = Compare(inputs[job], result, tolerance);
            if (failure is not null)
                return new CaseResult(error, $"job {job}, {failure}");
            worst = Math.Max(worst, error);
        }

        return new CaseResult(worst, null);
    }

    public override ArrayJob? JobOf(int batch, int size, int seed) => operation.Wire is { } wire && input(batch, size, seed) is var made
        ? new ArrayJob(wire.Write(made), wire.ResultsOf(made))
        : null;

    public override CaseResult Judge(int batch, int size, int seed, IReadOnlyList<NamedArray> results, double tolerance)
    {
        var asked = input(batch, size, seed);
        try
        {
            return operation.Wire is { } wire ? Compare(asked, wire.Read(asked, results), tolerance) : new CaseResult(0, "the operation has no arrays.");
        }
        catch (InvalidDataException error)
        {
            return new CaseResult(0, error.Message);
        }
    }

    internal override string? Failure(DeviceOwner owner, double tolerance)
    {
        const int Windows = 4;
        const int Size = 64;
        var (inputs, results) = (new[] { input(Windows, operation is HotellingFit or HotellingScore ? 4 : Size, 1) }, new TResult[1]);
        owner.FreshFormOf(operation).Launch(inputs, results);
        return Compare(inputs[0], results[0], tolerance).Failure;
    }

    /// <summary>Compares a result with the reference of what was asked.</summary>
    public CaseResult Compare(TInput asked, TResult result, double tolerance)
    {
        tolerance = Math.Max(tolerance, toleranceMin);
        var worst = 0.0;
        var (expected, actual) = (vectors(operation.Reference(asked)), vectors(result));
        if (expected.Length != actual.Length)
            return new CaseResult(0, $"{actual.Length} vectors; expected {expected.Length}.");
        for (var v = 0; v < expected.Length; v++)
        {
            if (expected[v].Length != actual[v].Length)
                return new CaseResult(worst, $"vector {v} has {actual[v].Length} values; expected {expected[v].Length}.");
            var norm = Math.Sqrt(expected[v].Sum(x => x * x));
            var error = Math.Sqrt(expected[v].Zip(actual[v], (e, a) => (e - a) * (e - a)).Sum());
            // Written so that a NaN fails too.
            if (!(error <= tolerance * norm))
            {
                return new CaseResult(
                    error / norm, string.Create(CultureInfo.InvariantCulture, $"vector {v}: error {error:g3} of norm {norm:g3} exceeds {tolerance:g1}."));
            }

            worst = Math.Max(worst, error == 0 ? 0 : error / norm);
        }

        return new CaseResult(worst, null);
    }
}
