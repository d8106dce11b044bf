using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>Rows to score.</summary>
/// <param name="Rows">Rows of the model's channels, scaled as for training.</param>
/// <param name="Model">A trained model.</param>
public readonly record struct AutoencoderScoreInput(WindowBatch Rows, AutoencoderModel Model);

/// <summary>
/// Reconstruction error of each row: the mean over its channels of (reconstruction - row)², in the square of the channels' common unit.
/// Great where a row is unlike what the model was trained on (Hawkins et al., Outlier detection using replicator neural networks, 2002).
/// </summary>
public sealed class AutoencoderScore : Operation<AutoencoderScoreInput, float[]>
{
    /// <summary>Rows of one job at most.</summary>
    public const int RowsMax = 1 << 16;

    private AutoencoderScore()
    {
    }

    /// <summary>The operation.</summary>
    public static AutoencoderScore Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "autoencoder-score";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => AutoencoderKernels.Entries;

    /// <inheritdoc/>
    public override OperationWire<AutoencoderScoreInput, float[]> Wire => AutoencoderScoreWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(AutoencoderScoreInput input)
    {
        if (input.Model is null)
            throw new ArgumentException($"{Name}: Model is missing.");
        input.Model.Validate(Name, input.Rows, RowsMax);
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(AutoencoderScoreInput input) => new(input.Model.Shape.Channels, 0, input.Model);

    /// <inheritdoc/>
    public override string? NonFinite(float[] result) => Finite.Describe("Scores", result);

    /// <inheritdoc/>
    public override int WindowsOf(AutoencoderScoreInput input) => input.Rows.Count;

    /// <inheritdoc/>
    public override float[] Reference(AutoencoderScoreInput input) => AutoencoderReference.Score(input);

    /// <inheritdoc/>
    public override OperationForm<AutoencoderScoreInput, float[]> CreateNativeForm(NativeCode code) => new AutoencoderScoreNative(code);

    /// <inheritdoc/>
    public override OperationForm<AutoencoderScoreInput, float[]> CreateIlgpuForm(Accelerator accelerator) =>
        new AutoencoderScoreIlgpu(accelerator);
}
