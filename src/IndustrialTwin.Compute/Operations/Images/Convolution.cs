using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Images;

/// <summary>Images to filter.</summary>
/// <param name="Pixels">Images of one size, one after the other, row by row; all finite.</param>
/// <param name="Width">Pixels in a row, 1..<see cref="Convolution.ExtentMax"/>.</param>
/// <param name="Height">Rows of an image, 1..<see cref="Convolution.ExtentMax"/>.</param>
/// <param name="Filter">The filter; jobs of equal ones share a launch.</param>
public readonly record struct ConvolutionInput(ReadOnlyMemory<float> Pixels, int Width, int Height, ImageFilter Filter)
{
    /// <summary>Images in the job.</summary>
    public int Count => Width > 0 && Height > 0 ? (int)(Pixels.Length / ((long)Width * Height)) : 0;
}

/// <summary>
/// Two-dimensional filter in the convention of image processing (a correlation: the filter is not turned over): out[y, x] = Σ w[j, i]
/// in[y + j - h/2, x + i - w/2]; past the border the nearest pixel stands. The result has the size of the input, in the pixels' unit
/// times the weights'. Summed in float32.
/// </summary>
public sealed class Convolution : Operation<ConvolutionInput, float[]>
{
    /// <summary>Width and height of an image at most.</summary>
    public const int ExtentMax = 16_384;

    /// <summary>Pixels that one job may carry.</summary>
    public const int PixelsMax = 1 << 26;

    private Convolution()
    {
    }

    /// <summary>The operation.</summary>
    public static Convolution Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "convolution";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => ConvolutionIlgpu.Entries;

    /// <inheritdoc/>
    public override OperationWire<ConvolutionInput, float[]> Wire => ConvolutionWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(ConvolutionInput input)
    {
        if (input.Filter is null)
            throw new ArgumentException($"{Name}: Filter is missing.");
        if (input.Width is < 1 or > ExtentMax || input.Height is < 1 or > ExtentMax)
            throw new ArgumentException($"{Name}: an image is {input.Width} × {input.Height}; expected 1..{ExtentMax} each.");
        var size = (long)input.Width * input.Height;
        if (input.Pixels.Length == 0 || input.Pixels.Length % size != 0 || input.Pixels.Length > PixelsMax)
        {
            throw new ArgumentException(
                $"{Name}: Pixels holds {input.Pixels.Length}; expected a multiple of {input.Width} × {input.Height}, at least one image, at most {PixelsMax}.");
        }

        var bad = Finite.IndexOfNonFinite(input.Pixels.Span);
        if (bad >= 0)
            throw new ArgumentException($"{Name}: Pixels[{bad}] is {input.Pixels.Span[bad]}; expected a finite number.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(ConvolutionInput input) => new(input.Width, input.Height, input.Filter);

    /// <inheritdoc/>
    public override int WindowsOf(ConvolutionInput input) => input.Count;

    /// <inheritdoc/>
    public override float[] Reference(ConvolutionInput input)
    {
        var (w, h, filter) = (input.Width, input.Height, input.Filter);
        var pixels = input.Pixels.Span;
        var result = new float[pixels.Length];
        for (var at = 0; at < result.Length; at++)
        {
            var (image, y, x) = (at / (w * h), at / w % h, at % w);
            var sum = 0.0;
            for (var j = 0; j < filter.Height; j++)
            {
                for (var i = 0; i < filter.Width; i++)
                {
                    var row = Math.Clamp(y + j - (filter.Height / 2), 0, h - 1);
                    var column = Math.Clamp(x + i - (filter.Width / 2), 0, w - 1);
                    sum += (double)filter.Weights[(j * filter.Width) + i] * pixels[(((image * h) + row) * w) + column];
                }
            }

            result[at] = (float)sum;
        }

        return result;
    }

    /// <inheritdoc/>
    public override OperationForm<ConvolutionInput, float[]> CreateNativeForm(NativeCode code) => new ConvolutionNative(code);

    /// <inheritdoc/>
    public override OperationForm<ConvolutionInput, float[]> CreateIlgpuForm(Accelerator accelerator) => new ConvolutionIlgpu(accelerator);
}
