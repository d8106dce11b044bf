using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>A slice of training.</summary>
/// <param name="State">Where the last slice ended.</param>
/// <param name="Rows">Rows taken as normal, each of the model's channels; scale them to about deviation 1.</param>
/// <param name="Steps">Steps to do before the state comes back, 1..<see cref="AutoencoderTrain.StepsMax"/>.</param>
/// <param name="BatchRows">Rows drawn for a step, 1..<see cref="AutoencoderTrain.BatchRowsMax"/>.</param>
/// <param name="LearningRate">Adam's step size, above 0; 0.001 is usual.</param>
/// <param name="Seed">With the step it decides which rows are drawn.</param>
public readonly record struct AutoencoderTrainInput(
    TrainingState State, WindowBatch Rows, int Steps = 16, int BatchRows = 64, float LearningRate = 1e-3f, ulong Seed = 1);

/// <summary>What a slice of training gave.</summary>
/// <param name="State">Where the next slice starts.</param>
/// <param name="Loss">Mean squared error over the rows drawn, each with the model as it was at its step.</param>
public sealed record AutoencoderTrainResult(TrainingState State, double Loss);

/// <summary>
/// A bounded number of steps of mini-batch training of an <see cref="AutoencoderModel"/> by Adam (Kingma and Ba, ICLR 2015; β₁ = 0.9,
/// β₂ = 0.999, ε = 1e-8) on the mean squared error of the reconstruction. A job lets urgent work pass after every step and
/// gives its state back after a bounded number of them. Rows are drawn by <c>Philox</c> from seed and step: the same slices, however cut, draw
/// the same rows on every device. Float32; two forms part by rounding as training goes on, one form repeats itself to the bit.
/// </summary>
public sealed class AutoencoderTrain : Operation<AutoencoderTrainInput, AutoencoderTrainResult>
{
    /// <summary>Steps of one job at most.</summary>
    public const int StepsMax = 1 << 20;

    /// <summary>Rows of one step at most.</summary>
    public const int BatchRowsMax = 1_024;

    /// <summary>Rows of one job at most.</summary>
    public const int RowsMax = 1 << 22;

    internal const float Beta1 = 0.9f;
    internal const float Beta2 = 0.999f;
    internal const float Epsilon = 1e-8f;

    private AutoencoderTrain()
    {
    }

    /// <summary>The operation.</summary>
    public static AutoencoderTrain Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "autoencoder-train";

    /// <inheritdoc/>
    public override bool IsSliced => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => AutoencoderKernels.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(AutoencoderTrainInput input)
    {
        if (input.State?.Model is null)
            throw new ArgumentException($"{Name}: State is missing.");
        input.State.Model.Validate(Name, input.Rows, RowsMax);
        var parameters = input.State.Model.Parameters.Length;
        if (input.State.FirstMoments?.Length != parameters || input.State.SecondMoments?.Length != parameters || input.State.Step < 0)
        {
            throw new ArgumentException(
                $"{Name}: State has {input.State.FirstMoments?.Length} and {input.State.SecondMoments?.Length} moments at step {input.State.Step}; "
                + $"expected {parameters} each and a step from 0 on.");
        }

        if (input.Steps is < 1 or > StepsMax)
            throw new ArgumentException($"{Name}: Steps is {input.Steps}; expected 1..{StepsMax}.");
        if (input.BatchRows is < 1 or > BatchRowsMax)
            throw new ArgumentException($"{Name}: BatchRows is {input.BatchRows}; expected 1..{BatchRowsMax}.");
        if (!(input.LearningRate > 0) || !float.IsFinite(input.LearningRate))
            throw new ArgumentException($"{Name}: LearningRate is {input.LearningRate}; expected a finite number above 0.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(AutoencoderTrainInput input) => new(input.BatchRows, 0, input.State.Model.Shape);

    /// <inheritdoc/>
    public override string? NonFinite(AutoencoderTrainResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe("Parameters", result.State.Model.Parameters) ?? Finite.Describe(nameof(result.Loss), [result.Loss]);
    }

    /// <inheritdoc/>
    public override int WindowsOf(AutoencoderTrainInput input) => input.Steps;

    /// <inheritdoc/>
    public override OperationWire<AutoencoderTrainInput, AutoencoderTrainResult> Wire => AutoencoderTrainWire.Instance;

    /// <inheritdoc/>
    public override AutoencoderTrainResult Reference(AutoencoderTrainInput input) => AutoencoderReference.Train(input);

    /// <inheritdoc/>
    public override OperationForm<AutoencoderTrainInput, AutoencoderTrainResult> CreateNativeForm(NativeCode code) =>
        new AutoencoderTrainNative(code);

    /// <inheritdoc/>
    public override OperationForm<AutoencoderTrainInput, AutoencoderTrainResult> CreateIlgpuForm(Accelerator accelerator) =>
        new AutoencoderTrainIlgpu(accelerator);

    /// <summary>The row that is drawn for a place in a step's batch.</summary>
    internal static int RowOf(int rows, int place, uint step, uint seedLow, uint seedHigh) =>
        Philox.Below(rows, Philox.Draw((uint)place, step, 0, 0, seedLow, seedHigh).First);

    /// <summary>Adam's step size with both corrections for the moments' start at 0.</summary>
    /// <param name="learningRate">As asked for.</param>
    /// <param name="step">From 1 on.</param>
    internal static double Rate(float learningRate, long step) =>
        learningRate * Math.Sqrt(1 - Math.Pow(Beta2, step)) / (1 - Math.Pow(Beta1, step));
}
