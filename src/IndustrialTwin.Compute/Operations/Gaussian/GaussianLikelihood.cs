using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.Gaussian;

/// <summary>A piece of a series and the rows of it to score. Rows are counted from the start of the series, at 0.</summary>
/// <param name="Values">The piece, all finite and of magnitude 1e100 at most.</param>
/// <param name="Origin">Row of its first value. It must reach back to the first window needed, see <see cref="FirstNeeded"/>.</param>
/// <param name="First">First row to score.</param>
/// <param name="Count">Rows to score.</param>
/// <param name="WindowRows">Rows in a full window; the benchmark's value is 6,400.</param>
/// <param name="StepRows">Rows the window moves at a time, at most <paramref name="WindowRows"/>; the benchmark's value is 100.</param>
public readonly record struct GaussianLikelihoodInput(
    ReadOnlyMemory<double> Values,
    long Origin,
    long First,
    int Count,
    int WindowRows = 6_400,
    int StepRows = 100)
{
    /// <summary>The earliest row that scoring <paramref name="row"/> reads.</summary>
    public static long FirstNeeded(long row, int windowRows = 6_400, int stepRows = 100) =>
        row <= windowRows ? 0 : stepRows * ((row - windowRows) / stepRows);

    /// <summary>Values of the window that row <paramref name="row"/> is scored against; empty for row 0.</summary>
    internal ReadOnlySpan<double> WindowOf(long row)
    {
        var start = FirstNeeded(row, WindowRows, StepRows);
        return Values.Span.Slice((int)(start - Origin), (int)Math.Min(row - start, WindowRows));
    }

    internal double At(long row) => Values.Span[(int)(row - Origin)];
}

/// <summary>
/// The windowed Gaussian of the Numenta Anomaly Benchmark (numenta/NAB ea702d75, windowedGaussian_detector.py), in float64, as a pure
/// function of the row's index, so that any batch of rows gives the same scores as the stream. Row i is scored against the rows before
/// it, all of them up to i = W, and after that against the W rows from S ⌊(i - W) / S⌋ on: 1 - Q(|x - mean| / deviation), with
/// Q(z) = erfc(z / √2) / 2 and the population deviation, 1e-6 where that is zero. Scores are in 0.5..1; row 0 scores 0.
/// </summary>
public sealed class GaussianLikelihood : Operation<GaussianLikelihoodInput, double[]>
{
    /// <summary>Rows that a window may have.</summary>
    public const int WindowRowsMax = 1 << 20;

    /// <summary>Values that one job may carry.</summary>
    public const int ValuesMax = 1 << 25;

    /// <summary>Greatest magnitude of a value; squares of greater ones leave the range of double.</summary>
    public const double MagnitudeMax = 1e100;

    private GaussianLikelihood()
    {
    }

    /// <summary>The operation.</summary>
    public static GaussianLikelihood Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "gaussian-likelihood";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => GaussianLikelihoodIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(GaussianLikelihoodInput input)
    {
        if (input.WindowRows is < 1 or > WindowRowsMax)
            throw new ArgumentException($"{Name}: WindowRows is {input.WindowRows}; expected 1..{WindowRowsMax}.");
        if (input.StepRows < 1 || input.StepRows > input.WindowRows)
            throw new ArgumentException($"{Name}: StepRows is {input.StepRows}; expected 1..WindowRows = {input.WindowRows}.");
        if (input.Values.Length > ValuesMax)
            throw new ArgumentException($"{Name}: Values holds {input.Values.Length}; ValuesMax is {ValuesMax}.");
        if (input.Count < 1 || input.Origin < 0 || input.First < input.Origin)
        {
            throw new ArgumentException(
                $"{Name}: Origin is {input.Origin}, First {input.First}, Count {input.Count}; expected 0 <= Origin <= First and Count >= 1.");
        }

        var needed = GaussianLikelihoodInput.FirstNeeded(input.First, input.WindowRows, input.StepRows);
        if (input.Origin > needed)
            throw new ArgumentException($"{Name}: Origin is {input.Origin}; the window of row {input.First} begins at row {needed}.");
        if (input.First - input.Origin > input.Values.Length - input.Count)
        {
            throw new ArgumentException(
                $"{Name}: Values ends before row {input.Origin + input.Values.Length}; rows {input.First}..{input.First + input.Count - 1} are to be scored.");
        }

        var values = input.Values.Span;
        var bad = Finite.IndexOfNonFinite(values);
        if (bad < 0)
            bad = values.IndexOfAnyExceptInRange(-MagnitudeMax, MagnitudeMax);
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"{Name}: row {input.Origin + bad} is {values[bad]}; expected a finite number of magnitude {MagnitudeMax} at most.");
        }
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(GaussianLikelihoodInput input) => new(input.WindowRows, input.StepRows);

    /// <inheritdoc/>
    public override string? NonFinite(double[] result) => Finite.Describe("Scores", result);

    /// <inheritdoc/>
    public override int WindowsOf(GaussianLikelihoodInput input) => input.Count;

    /// <inheritdoc/>
    public override double[] Reference(GaussianLikelihoodInput input)
    {
        var scores = new double[input.Count];
        for (var k = 0; k < scores.Length; k++)
        {
            var window = input.WindowOf(input.First + k);
            if (window.Length == 0)
                continue;
            double mean = 0, variance = 0;
            foreach (var x in window)
                mean += x / window.Length;
            foreach (var x in window)
                variance += (x - mean) * (x - mean) / window.Length;
            if (!window.ContainsAnyExcept(window[0]))
                (mean, variance) = (window[0], 0);
            scores[k] = Score(input.At(input.First + k), mean, variance);
        }

        return scores;
    }

    /// <inheritdoc/>
    public override OperationForm<GaussianLikelihoodInput, double[]> CreateNativeForm(NativeCode code) => new GaussianLikelihoodNative(code);

    /// <inheritdoc/>
    public override OperationForm<GaussianLikelihoodInput, double[]> CreateIlgpuForm(Accelerator accelerator) =>
        new GaussianLikelihoodIlgpu(accelerator);

    /// <summary>Score of a value against a window's mean and population variance.</summary>
    internal static double Score(double value, double mean, double variance)
    {
        var deviation = variance > 0 ? Math.Sqrt(variance) : 1e-6;
        return 1 - (0.5 * Erfc.Of(Math.Abs(value - mean) / deviation / Math.Sqrt(2)));
    }
}
