using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Forecasts;

/// <summary>Windows to forecast from.</summary>
/// <param name="Windows">Windows of the model's input length, oldest sample first.</param>
/// <param name="Model">What <see cref="ForecastFit"/> gave.</param>
public readonly record struct ForecastInput(WindowBatch Windows, ForecastModel Model);

/// <summary>
/// The next samples of each window by a fitted <see cref="ForecastModel"/>: y = Wᵀ(x - c) + b + c, c the last sample or 0. The result is
/// windows × horizon in the signal's unit. Summed in float32, as <see cref="Matrices.MatrixProduct"/> is.
/// </summary>
public sealed class Forecast : Operation<ForecastInput, float[]>
{
    private Forecast()
    {
    }

    /// <summary>The operation.</summary>
    public static Forecast Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "forecast";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => ForecastIlgpu.Entries;

    /// <inheritdoc/>
    public override OperationWire<ForecastInput, float[]> Wire => ForecastWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(ForecastInput input)
    {
        var model = input.Model ?? throw new ArgumentException($"{Name}: Model is missing.");
        if (model.InputLength < 1 || model.Horizon < 1 || model.Weights?.Length != (long)model.InputLength * model.Horizon || model.Bias?.Length != model.Horizon)
        {
            throw new ArgumentException(
                $"{Name}: the model has {model.Weights?.Length} weights and {model.Bias?.Length} biases; "
                + $"expected {model.InputLength} × {model.Horizon} and {model.Horizon}, 1 or more.");
        }

        input.Windows.Validate(Name, model.InputLength, model.InputLength);
        var bad = Finite.IndexOfNonFinite(model.Weights);
        if (bad >= 0)
            throw new ArgumentException($"{Name}: Weights[{bad}] is {model.Weights[bad]}; expected a finite number.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(ForecastInput input) => new(input.Model.InputLength, input.Model.Horizon, input.Model);

    /// <inheritdoc/>
    public override int WindowsOf(ForecastInput input) => input.Windows.Count;

    /// <inheritdoc/>
    public override float[] Reference(ForecastInput input) => ForecastReference.Predict(input);

    /// <inheritdoc/>
    public override OperationForm<ForecastInput, float[]> CreateNativeForm(NativeCode code) => new ForecastNative(code);

    /// <inheritdoc/>
    public override OperationForm<ForecastInput, float[]> CreateIlgpuForm(Accelerator accelerator) => new ForecastIlgpu(accelerator);
}
