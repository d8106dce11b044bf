using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Forecasts;

/// <summary>Series to learn a forecast from.</summary>
/// <param name="Series">One or more series of one length; they share the weights. Scale them alike, for instance to deviation 1.</param>
/// <param name="InputLength">Samples L that a forecast starts from, 1..<see cref="ForecastFit.ExtentMax"/>.</param>
/// <param name="Horizon">Steps H ahead, 1..<see cref="ForecastFit.ExtentMax"/>; the series are at least L + H + 1 long.</param>
/// <param name="Ridge">Penalty λ on the squares of the weights, above 0, in the square of the signal's unit.</param>
/// <param name="IsLastSubtracted">NLinear instead of a plain linear forecast.</param>
public readonly record struct ForecastFitInput(
    WindowBatch Series, int InputLength, int Horizon, double Ridge = 1e-3, bool IsLastSubtracted = true);

/// <summary>
/// Multi-output ridge regression (Hoerl and Kennard 1970) of the H samples after each window of L on the window, over all windows of all
/// series, stride 1: (X'X / N + λI) W = X'Y / N with centred X and Y, so the bias is not penalised; solved by Cholesky, in float64. With
/// the last sample subtracted it is NLinear (Zeng et al., Are transformers effective for time series forecasting?, AAAI 2023) in closed
/// form. Windows overlap, so products of samples k apart are summed once and each next sum drops a product and adds one (the covariance
/// method of linear prediction, Makhoul 1975): the cost is that of (L + H) sums over the series, not L (L + H).
/// </summary>
public sealed class ForecastFit : Operation<ForecastFitInput, ForecastModel>
{
    /// <summary>Input length and horizon at most.</summary>
    public const int ExtentMax = 1_024;

    /// <summary>Samples that one series may have.</summary>
    public const int LengthMax = 1 << 22;

    private ForecastFit()
    {
    }

    /// <summary>The operation.</summary>
    public static ForecastFit Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "forecast-fit";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => ForecastFitIlgpu.Entries;

    /// <inheritdoc/>
    public override OperationWire<ForecastFitInput, ForecastModel> Wire => ForecastFitWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(ForecastFitInput input)
    {
        if (input.InputLength is < 1 or > ExtentMax || input.Horizon is < 1 or > ExtentMax)
            throw new ArgumentException($"{Name}: InputLength is {input.InputLength}, Horizon is {input.Horizon}; expected 1..{ExtentMax} each.");
        input.Series.Validate(Name, input.InputLength + input.Horizon + 1, LengthMax);
        if (!(input.Ridge > 0) || !double.IsFinite(input.Ridge))
            throw new ArgumentException($"{Name}: Ridge is {input.Ridge}; expected a finite number above 0.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(ForecastFitInput input) => new(
        input.Series.Length, input.Series.Count, (input.InputLength, input.Horizon));

    /// <inheritdoc/>
    public override string? NonFinite(ForecastModel result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe(nameof(result.Weights), result.Weights)
            ?? Finite.Describe(nameof(result.Bias), result.Bias);
    }

    /// <inheritdoc/>
    public override int WindowsOf(ForecastFitInput input) => input.Series.Count;

    /// <inheritdoc/>
    public override ForecastModel Reference(ForecastFitInput input) => ForecastReference.Fit(input);

    /// <inheritdoc/>
    public override OperationForm<ForecastFitInput, ForecastModel> CreateNativeForm(NativeCode code) => new ForecastFitNative(code);

    /// <inheritdoc/>
    public override OperationForm<ForecastFitInput, ForecastModel> CreateIlgpuForm(Accelerator accelerator) => new ForecastFitIlgpu(accelerator);
}
