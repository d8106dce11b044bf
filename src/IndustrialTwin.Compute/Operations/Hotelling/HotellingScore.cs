using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>Rows to score and the model to score them by.</summary>
/// <param name="Rows">Rows with the model's channels.</param>
/// <param name="Model">What is normal.</param>
public readonly record struct HotellingScoreInput(RowMatrix Rows, HotellingModel Model);

/// <summary>T² of each row, in float64: zᵀ C⁻¹ z with z = (x - mean) / scale. No unit; 0 at the mean.</summary>
public sealed class HotellingScore : Operation<HotellingScoreInput, double[]>
{
    private HotellingScore()
    {
    }

    /// <summary>The operation.</summary>
    public static HotellingScore Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "hotelling-score";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => HotellingScoreIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(HotellingScoreInput input)
    {
        if (input.Model is null)
            throw new ArgumentException($"{Name}: Model is missing.");
        input.Rows.Validate(Name);
        var m = input.Rows.Channels;
        var model = input.Model;
        if (model.Mean.Length != m || model.Scale.Length != m || model.InverseCovariance.Length != m * m)
        {
            throw new ArgumentException(
                $"{Name}: rows have {m} channels; the model has {model.Mean.Length} means, {model.Scale.Length} scales and "
                + $"{model.InverseCovariance.Length} inverse covariances.");
        }

        for (var i = 0; i < m; i++)
        {
            if (!(double.IsFinite(model.Mean[i]) && double.IsFinite(model.Scale[i]) && model.Scale[i] > 0))
                throw new ArgumentException($"{Name}: channel {i} has mean {model.Mean[i]}, scale {model.Scale[i]}; expected finite, scale above 0.");
        }

        var bad = Finite.IndexOfNonFinite(model.InverseCovariance);
        if (bad >= 0)
            throw new ArgumentException($"{Name}: InverseCovariance[{bad}] is {model.InverseCovariance[bad]}; expected a finite number.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(HotellingScoreInput input) => new(input.Rows.Channels);

    /// <inheritdoc/>
    public override string? NonFinite(double[] result) => Finite.Describe("Scores", result);

    /// <inheritdoc/>
    public override int WindowsOf(HotellingScoreInput input) => input.Rows.Rows;

    /// <inheritdoc/>
    public override double[] Reference(HotellingScoreInput input) => HotellingReference.Score(input);

    /// <inheritdoc/>
    public override OperationForm<HotellingScoreInput, double[]> CreateNativeForm(NativeCode code) => new HotellingScoreNative(code);

    /// <inheritdoc/>
    public override OperationForm<HotellingScoreInput, double[]> CreateIlgpuForm(Accelerator accelerator) =>
        new HotellingScoreIlgpu(accelerator);
}
