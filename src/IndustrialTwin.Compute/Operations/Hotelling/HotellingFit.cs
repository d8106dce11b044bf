using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>Rows taken as normal, and the confidence of the control limit.</summary>
/// <param name="Rows">More rows than channels, at least three.</param>
/// <param name="Confidence">Share of normal rows below the limit, above 0 and below 1.</param>
public readonly record struct HotellingFitInput(RowMatrix Rows, double Confidence = 0.999);

/// <summary>
/// Fits Hotelling's T² (Hotelling 1947), in float64, as the Skoltech Anomaly Benchmark does it (waico/SKAB b2c0d46c, core/t2.py): channels
/// are centred and divided by their population deviation, and their sample covariance is inverted. Where the benchmark removes constant
/// columns and stops at singular matrices, the pseudo-inverse leaves both out of the distance.
/// </summary>
public sealed class HotellingFit : Operation<HotellingFitInput, HotellingModel>
{
    private HotellingFit()
    {
    }

    /// <summary>The operation.</summary>
    public static HotellingFit Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "hotelling-fit";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => HotellingFitIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(HotellingFitInput input)
    {
        input.Rows.Validate(Name);
        if (input.Rows.Rows <= Math.Max(input.Rows.Channels, 2))
        {
            throw new ArgumentException(
                $"{Name}: there are {input.Rows.Rows} rows; expected at least 3 and more than the {input.Rows.Channels} channels.");
        }

        if (!(input.Confidence > 0 && input.Confidence < 1))
            throw new ArgumentException($"{Name}: Confidence is {input.Confidence}; expected above 0 and below 1.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(HotellingFitInput input) => new(input.Rows.Rows, input.Rows.Channels);

    /// <inheritdoc/>
    public override string? NonFinite(HotellingModel result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe(nameof(result.Mean), result.Mean)
            ?? Finite.Describe(nameof(result.Scale), result.Scale)
            ?? Finite.Describe(nameof(result.InverseCovariance), result.InverseCovariance)
            ?? Finite.Describe(nameof(result.UpperControlLimit), [result.UpperControlLimit]);
    }

    /// <inheritdoc/>
    public override int WindowsOf(HotellingFitInput input) => 1;

    /// <inheritdoc/>
    public override HotellingModel Reference(HotellingFitInput input) => HotellingReference.Fit(input);

    /// <inheritdoc/>
    public override OperationForm<HotellingFitInput, HotellingModel> CreateNativeForm(NativeCode code) => new HotellingFitNative(code);

    /// <inheritdoc/>
    public override OperationForm<HotellingFitInput, HotellingModel> CreateIlgpuForm(Accelerator accelerator) =>
        new HotellingFitIlgpu(accelerator);

    /// <summary>Finishes what every form reduces the rows to.</summary>
    /// <param name="input">The job.</param>
    /// <param name="mean">Mean of each channel.</param>
    /// <param name="products">Sums of products of deviations, row-major; the upper triangle counts.</param>
    internal static HotellingModel Finish(HotellingFitInput input, double[] mean, ReadOnlySpan<double> products)
    {
        var (m, n) = (input.Rows.Channels, input.Rows.Rows);
        var scale = new double[m];
        var moves = new bool[m];
        for (var i = 0; i < m; i++)
        {
            var deviation = Math.Sqrt(products[(i * m) + i] / n);
            // Rounding of the mean leaves about 1e-16 of it in a channel that never moved.
            moves[i] = deviation > Math.Abs(mean[i]) * 1e-14;
            scale[i] = moves[i] ? deviation : 1;
        }

        var covariance = new double[m * m];
        for (var i = 0; i < m; i++)
        {
            for (var j = i; j < m; j++)
            {
                var value = moves[i] && moves[j] ? products[(i * m) + j] / (scale[i] * scale[j] * (n - 1)) : 0;
                covariance[(i * m) + j] = value;
                covariance[(j * m) + i] = value;
            }
        }

        var inverse = SymmetricInverse.Of(covariance, m, out var rank);
        return new HotellingModel(mean, scale, inverse, n, rank, rank == 0 ? 0 : ControlLimit.Of(n, rank, input.Confidence));
    }
}
