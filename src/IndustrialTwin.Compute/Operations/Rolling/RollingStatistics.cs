using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Rolling;

/// <summary>Series and the width of the window that rolls over them.</summary>
/// <param name="Series">One or more series of one length.</param>
/// <param name="Width">Samples in the rolling window, 2 to the series' length.</param>
public readonly record struct RollingInput(WindowBatch Series, int Width);

/// <summary>Statistics of every position of a rolling window, series after series; position i covers samples i to i + width - 1.</summary>
/// <param name="Positions">Positions in one series: its length - width + 1.</param>
/// <param name="Mean">In the signal's unit.</param>
/// <param name="Variance">Sample variance (divided by width - 1), in the square of the unit.</param>
/// <param name="Min">In the signal's unit.</param>
/// <param name="Max">In the signal's unit.</param>
public sealed record RollingResult(int Positions, double[] Mean, double[] Variance, float[] Min, float[] Max);

/// <summary>
/// Mean, sample variance, least and greatest value of a rolling window. All forms join neighbouring windows of width 1, 2, 4, … (the
/// binary digits of the width say which), means and squares by the pairwise formula of Chan, Golub and LeVeque (1983). Nothing is added
/// and taken away again, so no error builds up along the series, and an offset far above the signal costs no digits. The cost grows
/// with the logarithm of the width.
/// </summary>
public sealed class RollingStatistics : Operation<RollingInput, RollingResult>
{
    /// <summary>Samples that one series may have.</summary>
    public const int LengthMax = 1 << 20;

    private RollingStatistics()
    {
    }

    /// <summary>The operation.</summary>
    public static RollingStatistics Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "rolling-statistics";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => RollingIlgpu.Entries;

    /// <inheritdoc/>
    public override OperationWire<RollingInput, RollingResult> Wire => RollingWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(RollingInput input)
    {
        input.Series.Validate(Name, 2, LengthMax);
        if (input.Width < 2 || input.Width > input.Series.Length)
            throw new ArgumentException($"{Name}: Width is {input.Width}; expected 2..{input.Series.Length}, the length of the series.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(RollingInput input) => new(input.Series.Length, input.Width);

    /// <inheritdoc/>
    public override string? NonFinite(RollingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe(nameof(result.Mean), result.Mean)
            ?? Finite.Describe(nameof(result.Variance), result.Variance);
    }

    /// <inheritdoc/>
    public override int WindowsOf(RollingInput input) => input.Series.Count;

    /// <inheritdoc/>
    public override RollingResult Reference(RollingInput input)
    {
        var positions = input.Series.Length - input.Width + 1;
        var result = Room(input.Series.Count * positions, positions);
        for (var i = 0; i < result.Mean.Length; i++)
        {
            var window = input.Series.Window(i / positions).Slice(i % positions, input.Width);
            var (sum, squares) = (0.0, 0.0);
            var (min, max) = (window[0], window[0]);
            foreach (var x in window)
            {
                sum += x;
                (min, max) = (Math.Min(min, x), Math.Max(max, x));
            }

            var mean = sum / input.Width;
            foreach (var x in window)
                squares += (x - mean) * (x - mean);
            (result.Mean[i], result.Variance[i], result.Min[i], result.Max[i]) = (mean, squares / (input.Width - 1), min, max);
        }

        return result;
    }

    /// <inheritdoc/>
    public override OperationForm<RollingInput, RollingResult> CreateNativeForm(NativeCode code) => new RollingNative(code);

    /// <inheritdoc/>
    public override OperationForm<RollingInput, RollingResult> CreateIlgpuForm(Accelerator accelerator) => new RollingIlgpu(accelerator);

    internal static RollingResult Room(int length, int positions) =>
        new(positions, new double[length], new double[length], new float[length], new float[length]);
}
