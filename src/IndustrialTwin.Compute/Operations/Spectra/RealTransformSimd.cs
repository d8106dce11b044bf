using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>Eight lanes a register: even and odd samples go in as real and imaginary parts, and the bins come out of the split.</summary>
internal sealed unsafe class RealTransformSimd : RealTransform
{
    public const int LengthMin = 2 * ComplexTransformSimd.LengthMin;

    private const int Lanes = 8;
    private static readonly Vector256<int> Evens = Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6);
    private static readonly Vector256<int> Odds = Vector256.Create(1, 3, 5, 7, 1, 3, 5, 7);
    private static readonly Vector256<int> Backwards = Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0);

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
            var planes = Pointer(_transform.Planes);
            Load(samples, planes);
            var transformed = planes + _transform.Forward(0);
            Split(transformed, bins);
            EndBins(transformed[0], transformed[Half], power);
        }
    }

    // The tables are pinned for their whole life.
    private static float* Pointer(float[] pinned) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private void Load(float* samples, float* planes)
    {
        var hann = Pointer(Hann);
        for (var j = 0; j < Half; j += Lanes)
        {
            var low = Vector256.Load(samples + (2 * j)) * Vector256.Load(hann + (2 * j));
            var high = Vector256.Load(samples + (2 * j) + Lanes) * Vector256.Load(hann + (2 * j) + Lanes);
            Vector256.Store(Pick(low, high, Evens), planes + j);
            Vector256.Store(Pick(low, high, Odds), planes + Half + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pick(Vector256<float> low, Vector256<float> high, Vector256<int> order) =>
        Vector256.Create(Vector256.Shuffle(low, order).GetLower(), Vector256.Shuffle(high, order).GetLower());

    /// <summary>Bins 1..Half-1, each with its mirror; the middle bin is its own mirror and comes out the same from both sides.</summary>
    private void Split(float* planes, float* bins)
    {
        var cosines = Pointer(SplitCos);
        var sines = Pointer(SplitSin);
        var half = Vector256.Create(0.5f);
        var scale = Vector256.Create(Scale);
        for (var k = 1; k <= Half / 2; k += Lanes)
        {
            var mirror = Half - k - (Lanes - 1);
            var real = Vector256.Load(planes + k);
            var imaginary = Vector256.Load(planes + Half + k);
            var mirrorReal = Vector256.Shuffle(Vector256.Load(planes + mirror), Backwards);
            var mirrorImaginary = Vector256.Shuffle(Vector256.Load(planes + Half + mirror), Backwards);
            var cos = Vector256.Load(cosines + k);
            var sin = Vector256.Load(sines + k);
            var evenReal = half * (real + mirrorReal);
            var evenImaginary = half * (imaginary - mirrorImaginary);
            var oddReal = half * (imaginary + mirrorImaginary);
            var oddImaginary = half * (mirrorReal - real);
            var twistedReal = Vector256.MultiplyAddEstimate(cos, oddReal, -(sin * oddImaginary));
            var twistedImaginary = Vector256.MultiplyAddEstimate(cos, oddImaginary, sin * oddReal);
            Vector256.Store(scale * Square(evenReal + twistedReal, evenImaginary + twistedImaginary), bins + k);
            var mirrored = scale * Square(evenReal - twistedReal, evenImaginary - twistedImaginary);
            Vector256.Store(Vector256.Shuffle(mirrored, Backwards), bins + mirror);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Square(Vector256<float> real, Vector256<float> imaginary) =>
        Vector256.MultiplyAddEstimate(real, real, imaginary * imaginary);
}
