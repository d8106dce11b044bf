using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Images;

/// <summary>Images of a part and the image of a good one.</summary>
/// <param name="Images">Grey images of one size, one after the other, row by row.</param>
/// <param name="Template">One image of the same size.</param>
/// <param name="Width">Pixels in a row, 1..<see cref="Convolution.ExtentMax"/>.</param>
/// <param name="Height">Rows of an image, 1..<see cref="Convolution.ExtentMax"/>.</param>
/// <param name="Tolerance">Pixels by which the images may be out of register, 0..<see cref="TemplateDifference.ToleranceMax"/>.</param>
/// <param name="Threshold">Grey levels by which a pixel may differ, 0..254.</param>
/// <param name="AreaMin">Pixels that a region must have to be reported, 1 or more.</param>
public readonly record struct TemplateDifferenceInput(
    ReadOnlyMemory<byte> Images, ReadOnlyMemory<byte> Template, int Width, int Height, int Tolerance = 2, int Threshold = 64, int AreaMin = 4)
{
    /// <summary>Images in the job.</summary>
    public int Count => Width > 0 && Height > 0 ? (int)(Images.Length / ((long)Width * Height)) : 0;
}

/// <summary>
/// Where images differ from a template, as connected regions. A pixel differs when it is brighter than everything, or darker than
/// everything, within the tolerance around it in the other image by more than the threshold; both images are asked, so what is missing
/// counts like what is too much. Regions join over edges and corners (Rosenfeld and Pfaltz 1966). All forms give the same whole numbers.
/// </summary>
public sealed class TemplateDifference : Operation<TemplateDifferenceInput, ImageDifference[]>
{
    /// <summary>Greatest tolerance, in pixels.</summary>
    public const int ToleranceMax = 16;

    /// <summary>Regions, small ones included, beyond which an image is not of the template's part and none is listed.</summary>
    public const int RegionsMax = 4_096;

    private TemplateDifference()
    {
    }

    /// <summary>The operation.</summary>
    public static TemplateDifference Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "template-difference";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => TemplateDifferenceKernels.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(TemplateDifferenceInput input)
    {
        if (input.Width is < 1 or > Convolution.ExtentMax || input.Height is < 1 or > Convolution.ExtentMax)
            throw new ArgumentException($"{Name}: an image is {input.Width} × {input.Height}; expected 1..{Convolution.ExtentMax} each.");
        var size = (long)input.Width * input.Height;
        if (input.Template.Length != size)
            throw new ArgumentException($"{Name}: Template holds {input.Template.Length}; expected {input.Width} × {input.Height}.");
        if (input.Images.Length == 0 || input.Images.Length % size != 0 || input.Images.Length > Convolution.PixelsMax)
        {
            throw new ArgumentException(
                $"{Name}: Images holds {input.Images.Length}; expected a multiple of {input.Width} × {input.Height}, at least one image, "
                + $"at most {Convolution.PixelsMax}.");
        }

        if (input.Tolerance is < 0 or > ToleranceMax)
            throw new ArgumentException($"{Name}: Tolerance is {input.Tolerance}; expected 0..{ToleranceMax} pixels.");
        if (input.Threshold is < 0 or > 254)
            throw new ArgumentException($"{Name}: Threshold is {input.Threshold}; expected 0..254.");
        if (input.AreaMin < 1)
            throw new ArgumentException($"{Name}: AreaMin is {input.AreaMin}; expected 1 or more.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(TemplateDifferenceInput input) => new(input.Width, input.Height, (input.Tolerance, input.Threshold));

    /// <inheritdoc/>
    public override int WindowsOf(TemplateDifferenceInput input) => input.Count;

    /// <inheritdoc/>
    public override OperationWire<TemplateDifferenceInput, ImageDifference[]> Wire => TemplateDifferenceWire.Instance;

    /// <inheritdoc/>
    public override ImageDifference[] Reference(TemplateDifferenceInput input) => TemplateDifferenceReference.Run(input);

    /// <inheritdoc/>
    public override OperationForm<TemplateDifferenceInput, ImageDifference[]> CreateNativeForm(NativeCode code) =>
        new TemplateDifferenceNative(code);

    /// <inheritdoc/>
    public override OperationForm<TemplateDifferenceInput, ImageDifference[]> CreateIlgpuForm(Accelerator accelerator) =>
        new TemplateDifferenceIlgpu(accelerator);
}
