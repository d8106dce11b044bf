using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Images;

/// <summary>Each image is copied into a frame that repeats its border, so that the inner loops know no border; 32 pixels a step.</summary>
internal sealed class ConvolutionNative(NativeCode code) : OperationForm<ConvolutionInput, float[]>
{
    private const int Lanes = 8;
    private const int Step = 4 * Lanes;
    private readonly bool _isSimd = code == NativeCode.Simd && Vector256.IsHardwareAccelerated;
    private float[] _frame = [];
    private float[] _row = [];

    public override void Launch(ReadOnlySpan<ConvolutionInput> inputs, Span<float[]> results)
    {
        var (w, h, filter) = (inputs[0].Width, inputs[0].Height, inputs[0].Filter);
        var columns = (w + Step - 1) / Step * Step;
        var pitch = columns + filter.Width - 1;
        if (_frame.Length < pitch * (h + filter.Height - 1))
            _frame = new float[pitch * (h + filter.Height - 1)];
        if (_row.Length < columns)
            _row = new float[columns];
        for (var job = 0; job < inputs.Length; job++)
        {
            var pixels = inputs[job].Pixels.Span;
            var result = new float[pixels.Length];
            for (var from = 0; from < pixels.Length; from += w * h)
            {
                Frame(pixels.Slice(from, w * h), w, h, filter, pitch);
                for (var y = 0; y < h; y++)
                {
                    Row(_frame.AsSpan(y * pitch), filter, pitch, columns);
                    _row.AsSpan(0, w).CopyTo(result.AsSpan(from + (y * w)));
                }
            }

            results[job] = result;
        }
    }

    private void Frame(ReadOnlySpan<float> image, int w, int h, ImageFilter filter, int pitch)
    {
        var (left, above) = (filter.Width / 2, filter.Height / 2);
        for (var y = 0; y < h + filter.Height - 1; y++)
        {
            var from = image.Slice(Math.Clamp(y - above, 0, h - 1) * w, w);
            var to = _frame.AsSpan(y * pitch, pitch);
            to[..left].Fill(from[0]);
            from.CopyTo(to[left..]);
            to[(left + w)..].Fill(from[^1]);
        }
    }

    private void Row(ReadOnlySpan<float> frame, ImageFilter filter, int pitch, int columns)
    {
        var weights = filter.Weights;
        if (!_isSimd)
        {
            Array.Clear(_row);
            for (var k = 0; k < weights.Length; k++)
            {
                var from = frame[((k / filter.Width * pitch) + (k % filter.Width))..];
                for (var x = 0; x < columns; x++)
                    _row[x] += weights[k] * from[x];
            }

            return;
        }

        ref var source = ref MemoryMarshal.GetReference(frame);
        ref var target = ref MemoryMarshal.GetArrayDataReference(_row);
        for (var x = 0; x < columns; x += Step)
        {
            Vector256<float> a = default, b = default, c = default, d = default;
            for (var j = 0; j < filter.Height; j++)
            {
                ref var at = ref Unsafe.Add(ref source, (j * pitch) + x);
                for (var i = 0; i < filter.Width; i++)
                {
                    var weight = Vector256.Create(weights[(j * filter.Width) + i]);
                    a = Vector256.MultiplyAddEstimate(weight, Vector256.LoadUnsafe(ref at, (nuint)i), a);
                    b = Vector256.MultiplyAddEstimate(weight, Vector256.LoadUnsafe(ref at, (nuint)(i + Lanes)), b);
                    c = Vector256.MultiplyAddEstimate(weight, Vector256.LoadUnsafe(ref at, (nuint)(i + (2 * Lanes))), c);
                    d = Vector256.MultiplyAddEstimate(weight, Vector256.LoadUnsafe(ref at, (nuint)(i + (3 * Lanes))), d);
                }
            }

            a.StoreUnsafe(ref target, (nuint)x);
            b.StoreUnsafe(ref target, (nuint)(x + Lanes));
            c.StoreUnsafe(ref target, (nuint)(x + (2 * Lanes)));
            d.StoreUnsafe(ref target, (nuint)(x + (3 * Lanes)));
        }
    }
}
