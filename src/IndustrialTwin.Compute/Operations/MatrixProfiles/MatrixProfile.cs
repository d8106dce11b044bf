using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>Series to compare with themselves.</summary>
/// <param name="Series">One or more series of one length.</param>
/// <param name="Width">Samples m in a subsequence, <see cref="MatrixProfile.WidthMin"/> to half of the series' length.</param>
public readonly record struct MatrixProfileInput(WindowBatch Series, int Width);

/// <summary>
/// For every subsequence of a series the distance to the one most like it (Yeh et al., Matrix Profile I, ICDM 2016): the Euclidean
/// distance of the z-normalised subsequences, which is √(2m(1 - r)) with their correlation r, 0 to 2√m, no unit. Neighbours within m/4
/// samples do not count. The greatest distance is the discord (an anomaly), the least the motif (what repeats). A subsequence that never
/// moves has correlation 0 with all others. The covariances run along diagonals by two multiply-adds a step (Zimmerman et al., Matrix
/// Profile XIV: SCAMP, SoCC 2019), in float64. The cost grows with the square of the length.
/// </summary>
public sealed class MatrixProfile : Operation<MatrixProfileInput, MatrixProfileResult[]>
{
    /// <summary>Samples that one series may have.</summary>
    public const int LengthMax = 1 << 16;

    /// <summary>Least samples in a subsequence.</summary>
    public const int WidthMin = 4;

    /// <summary>Cells of the matrix of all pairs that take about a millisecond.</summary>
    private const long LongCells = 1 << 21;

    private MatrixProfile()
    {
    }

    /// <summary>The operation.</summary>
    public static MatrixProfile Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "matrix-profile";

    /// <inheritdoc/>
    public override bool IsSliced => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => MatrixProfileIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(MatrixProfileInput input)
    {
        input.Series.Validate(Name, 2 * WidthMin, LengthMax);
        if (input.Width < WidthMin || input.Width > input.Series.Length / 2)
        {
            throw new ArgumentException(
                $"{Name}: Width is {input.Width}; expected {WidthMin}..{input.Series.Length / 2}, half the length of the series.");
        }
    }

    /// <inheritdoc/>
    public override bool IsLong(MatrixProfileInput input)
    {
        var count = input.Series.Length - input.Width + 1L;
        return input.Series.Count * count * ((count / 2) + (2 * input.Width)) > LongCells;
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(MatrixProfileInput input) => new(input.Series.Length, input.Width);

    /// <inheritdoc/>
    public override int WindowsOf(MatrixProfileInput input) => input.Series.Count;

    /// <inheritdoc/>
    public override OperationWire<MatrixProfileInput, MatrixProfileResult[]> Wire => MatrixProfileWire.Instance;

    /// <inheritdoc/>
    public override MatrixProfileResult[] Reference(MatrixProfileInput input)
    {
        var results = new MatrixProfileResult[input.Series.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = MatrixProfileReference.Run(input.Series.Window(i), input.Width);
        return results;
    }

    /// <inheritdoc/>
    public override OperationForm<MatrixProfileInput, MatrixProfileResult[]> CreateNativeForm(NativeCode code) =>
        new MatrixProfileNative(code);

    /// <inheritdoc/>
    public override OperationForm<MatrixProfileInput, MatrixProfileResult[]> CreateIlgpuForm(Accelerator accelerator) =>
        new MatrixProfileIlgpu(accelerator);

    /// <summary>Subsequences that start within this of another are its trivial matches.</summary>
    internal static int Exclusion(int width) => (width + 3) / 4;
}
