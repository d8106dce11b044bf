using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Images;

/// <summary>One thread a pixel; neighbours read the same pixels, which the device's caches serve.</summary>
internal sealed class ConvolutionIlgpu : OperationForm<ConvolutionInput, float[]>
{
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int, int> _kernel;
    private readonly IlgpuBuffer<float> _pixels;
    private readonly IlgpuBuffer<float> _weights;
    private readonly IlgpuBuffer<float> _result;
    private float[] _staged = [];

    public ConvolutionIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int, int>(Filter);
        _pixels = new(accelerator);
        _weights = new(accelerator);
        _result = new(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Indexed(typeof(ConvolutionIlgpu), nameof(Filter))];

    public override void Launch(ReadOnlySpan<ConvolutionInput> inputs, Span<float[]> results)
    {
        var (w, h, filter) = (inputs[0].Width, inputs[0].Height, inputs[0].Filter);
        var total = 0;
        foreach (var input in inputs)
            total = checked(total + input.Pixels.Length);
        if (_staged.Length < total)
            _staged = new float[total];
        var at = 0;
        foreach (var input in inputs)
        {
            input.Pixels.Span.CopyTo(_staged.AsSpan(at));
            at += input.Pixels.Length;
        }

        _kernel(
            total, _pixels.Upload(_staged.AsSpan(0, total)), _weights.Upload(filter.Weights), _result.Take(total), w, h, filter.Width, filter.Height);
        _result.Download(_staged.AsSpan(0, total));
        at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            results[job] = _staged.AsSpan(at, inputs[job].Pixels.Length).ToArray();
            at += inputs[job].Pixels.Length;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _pixels.Dispose();
        _weights.Dispose();
        _result.Dispose();
        base.Dispose(disposing);
    }

    private static void Filter(
        Index1D index, ArrayView<float> pixels, ArrayView<float> weights, ArrayView<float> result, int w, int h, int filterWidth, int filterHeight)
    {
        var line = index.X / w;
        var image = line / h;
        var x = index.X - (line * w);
        var y = line - (image * h);
        var sum = 0f;
        for (var j = 0; j < filterHeight; j++)
        {
            var row = IntrinsicMath.Clamp(y + j - (filterHeight / 2), 0, h - 1);
            var from = ((image * h) + row) * w;
            for (var i = 0; i < filterWidth; i++)
            {
                var column = IntrinsicMath.Clamp(x + i - (filterWidth / 2), 0, w - 1);
                sum += weights[(j * filterWidth) + i] * pixels[from + column];
            }
        }

        result[index] = sum;
    }
}
