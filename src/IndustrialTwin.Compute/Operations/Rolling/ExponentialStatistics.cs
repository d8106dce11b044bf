using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Rolling;

/// <summary>Series and how fast their past is forgotten.</summary>
/// <param name="Series">One or more series of one length.</param>
/// <param name="Smoothing">Weight λ of the newest sample, above 0 to 1.</param>
/// <param name="Chart">Limits of an EWMA control chart, or null for none.</param>
public readonly record struct ExponentialInput(WindowBatch Series, double Smoothing, ControlChart? Chart = null);

/// <summary>Exponentially weighted statistics at every sample, series after series.</summary>
/// <param name="Mean">In the signal's unit.</param>
/// <param name="Variance">In the square of the unit; 0 at a series' first sample.</param>
/// <param name="HalfWidths">
/// Control limits are target ± this, one for each sample of a series, the same for all series; empty without a chart. In the signal's unit.
/// </param>
/// <param name="FirstOutside">For each series the first sample whose mean is outside of the limits, or -1; empty without a chart.</param>
public sealed record ExponentialResult(double[] Mean, double[] Variance, double[] HalfWidths, int[] FirstOutside);

/// <summary>
/// Exponentially weighted mean and variance (Finch, Incremental calculation of weighted mean and variance, 2009, section 9): d = x - m,
/// m += λd, v = (1 - λ)(v + λd²), from m = x₀ (or the chart's target), v = 0. With a chart, the limits of the EWMA control chart as well (Roberts 1959;
/// Lucas and Saccucci 1990): target ± L σ √(λ / (2 - λ) (1 - (1 - λ)^2t)).
/// </summary>
public sealed class ExponentialStatistics : Operation<ExponentialInput, ExponentialResult>
{
    /// <summary>Samples that one series may have.</summary>
    public const int LengthMax = 1 << 20;

    private ExponentialStatistics()
    {
    }

    /// <summary>The operation.</summary>
    public static ExponentialStatistics Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "exponential-statistics";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => ExponentialIlgpu.Entries;

    /// <inheritdoc/>
    public override OperationWire<ExponentialInput, ExponentialResult> Wire => ExponentialWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(ExponentialInput input)
    {
        input.Series.Validate(Name, 1, LengthMax);
        if (!(input.Smoothing > 0 && input.Smoothing <= 1))
            throw new ArgumentException($"{Name}: Smoothing is {input.Smoothing}; expected above 0 to 1.");
        if (input.Chart is { } chart && !(double.IsFinite(chart.Target) && double.IsFinite(chart.Deviation) && chart.Deviation > 0
            && double.IsFinite(chart.Width) && chart.Width > 0))
        {
            throw new ArgumentException(
                $"{Name}: Chart has Target {chart.Target}, Deviation {chart.Deviation}, Width {chart.Width}; expected finite numbers, the last two above 0.");
        }
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(ExponentialInput input) => new(input.Series.Length, BitConverter.DoubleToInt64Bits(input.Smoothing));

    /// <inheritdoc/>
    public override string? NonFinite(ExponentialResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe(nameof(result.Mean), result.Mean)
            ?? Finite.Describe(nameof(result.Variance), result.Variance);
    }

    /// <inheritdoc/>
    public override int WindowsOf(ExponentialInput input) => input.Series.Count;

    /// <inheritdoc/>
    public override ExponentialResult Reference(ExponentialInput input)
    {
        var length = input.Series.Length;
        var (mean, variance) = (new double[input.Series.Samples.Length], new double[input.Series.Samples.Length]);
        for (var i = 0; i < input.Series.Count; i++)
        {
            var window = input.Series.Window(i);
            var (m, v) = (Start(input, window), 0.0);
            for (var t = 0; t < length; t++)
            {
                var d = window[t] - m;
                m += input.Smoothing * d;
                v = (1 - input.Smoothing) * (v + (input.Smoothing * d * d));
                (mean[(i * length) + t], variance[(i * length) + t]) = (m, v);
            }
        }

        return Finish(input, mean, variance);
    }

    /// <inheritdoc/>
    public override OperationForm<ExponentialInput, ExponentialResult> CreateNativeForm(NativeCode code) => new ExponentialNative(code);

    /// <inheritdoc/>
    public override OperationForm<ExponentialInput, ExponentialResult> CreateIlgpuForm(Accelerator accelerator) =>
        new ExponentialIlgpu(accelerator);

    /// <summary>The mean before the first sample.</summary>
    internal static double Start(in ExponentialInput input, ReadOnlySpan<float> series) => input.Chart?.Target ?? series[0];

    /// <summary>Adds the chart's limits.</summary>
    internal static ExponentialResult Finish(in ExponentialInput input, double[] mean, double[] variance)
    {
        if (input.Chart is not { } chart)
            return new ExponentialResult(mean, variance, [], []);
        var (length, smoothing) = (input.Series.Length, input.Smoothing);
        var halfWidths = new double[length];
        for (var t = 0; t < length; t++)
        {
            var settled = 1 - Math.Pow(1 - smoothing, 2.0 * (t + 1));
            halfWidths[t] = chart.Width * chart.Deviation * Math.Sqrt(smoothing / (2 - smoothing) * settled);
        }

        var firstOutside = new int[input.Series.Count];
        for (var i = 0; i < firstOutside.Length; i++)
        {
            firstOutside[i] = -1;
            for (var t = 0; t < length && firstOutside[i] < 0; t++)
            {
                if (Math.Abs(mean[(i * length) + t] - chart.Target) > halfWidths[t])
                    firstOutside[i] = t;
            }
        }

        return new ExponentialResult(mean, variance, halfWidths, firstOutside);
    }
}
