using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>Eight lanes a register: even and odd samples go in as real and imaginary parts, and the bins come out of the split.</summary>
internal sealed unsafe class RealTransformSimd : RealTransform
{
    public const int LengthMin = 2 * ComplexTransformSimd.LengthMin;

    private const int Lanes = 8;

    private readonly ComplexTransformSimd _transform;

    public RealTransformSimd(int length)
        : base(length)
    {
        _transform = new(Half);
    }

    public override void Power(ReadOnlySpan<float> window, Span<float> power)
    {
        fixed (float* samples = window, bins = power)
        {
            var transformed = Pointer(_transform.Planes) + _transform.Forward(new WindowSource(samples, Pointer(Hann)), 0);
            Split(transformed, bins);
            EndBins(transformed[0], transformed[Half], power);
        }
    }

    // The tables are pinned for their whole life.
    private static float* Pointer(float[] pinned) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    /// <summary>Bins 1..Half-1, each with its mirror; the middle bin is its own mirror and comes out the same from both sides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Split(float* planes, float* bins)
    {
        var cosines = Pointer(SplitCos);
        var sines = Pointer(SplitSin);

        // Even and odd parts are halves of what stands here as whole, so their squares are quarters.
        var scale = Vector256.Create(Scale / 4);
        nint half = Half;
        for (nint k = 1; k <= half / 2; k += Lanes)
        {
            var mirror = half - k - (Lanes - 1);
            var real = Vector256.Load(planes + k);
            var imaginary = Vector256.Load(planes + half + k);
            var mirrorReal = Backwards(Vector256.Load(planes + mirror));
            var mirrorImaginary = Backwards(Vector256.Load(planes + half + mirror));
            var evenReal = real + mirrorReal;
            var evenImaginary = imaginary - mirrorImaginary;
            var oddReal = imaginary + mirrorImaginary;
            var oddImaginary = mirrorReal - real;
            Octet.Twist(ref oddReal, ref oddImaginary, Vector256.Load(cosines + k), Vector256.Load(sines + k));
            Vector256.Store(scale * Square(evenReal + oddReal, evenImaginary + oddImaginary), bins + k);
            var mirrored = scale * Square(evenReal - oddReal, evenImaginary - oddImaginary);
            Vector256.Store(Backwards(mirrored), bins + mirror);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Square(Vector256<float> real, Vector256<float> imaginary) => Fma.MultiplyAdd(real, real, imaginary * imaginary);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Backwards(Vector256<float> lanes) => Vector256.Shuffle(lanes, Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0));
}
