using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>Even and odd samples go in as real and imaginary parts, and the bins come out of the split.</summary>
internal sealed unsafe class RealTransformSimd : RealTransform
{
    public const int LengthMin = 2 * ComplexTransformSimd.LengthMin;

    private const int Lanes = 8;

    private readonly ComplexTransformSimd _transform;
    private readonly bool _isWide;

    /// <param name="length">A power of two from <see cref="LengthMin"/> on.</param>
    /// <param name="isWideAllowed">Whether registers of 512 bits are used where processor and length allow it.</param>
    public RealTransformSimd(int length, bool isWideAllowed = true)
        : base(length)
    {
        _transform = new(Half, isWideAllowed);
        _isWide = isWideAllowed && WidePasses.IsSupported && Half >= WidePasses.LengthMin;
    }

    public override void Power(ReadOnlySpan<float> window, Span<float> power, bool isNew = false)
    {
        fixed (float* samples = window, bins = power)
        {
            for (nint line = 0; isNew && line <= Half; line += AlignedFloats.LineFloats)
                Sse.Prefetch0(bins + line);
            var transformed = _transform.Planes.Pointer + _transform.Forward(new WindowSource(samples, Hann.Pointer, Length), 0);
            var behind = samples + Length + Half;
            if (_isWide)
                SplitWide(transformed, bins, behind);
            else
                Split(transformed, bins, behind);
            EndBins(transformed[0], transformed[Half], power);
            var (real, imaginary) = (transformed[Half / 2], transformed[Half + (Half / 2)]);
            power[Half / 2] = Scale * ((real * real) + (imaginary * imaginary));
        }
    }

    /// <summary>
    /// Bins below the middle one, each with its mirror above it. What comes out for the first and its mirror, the last, is worth nothing.
    /// </summary>
    /// <param name="planes">The transform.</param>
    /// <param name="bins">Half + 1 bins.</param>
    /// <param name="behind">What will be read next: half a window, asked for from memory meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Split(float* planes, float* bins, float* behind)
    {
        var cosines = SplitCos.Pointer;
        var sines = SplitSin.Pointer;

        // Even and odd parts are halves of what stands here as whole, so their squares are quarters.
        var scale = Vector256.Create(Scale / 4);
        nint half = Half;
        for (nint k = 0; k < half / 2; k += Lanes)
        {
            Sse.Prefetch0(behind + (2 * k));
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

    /// <summary>
    /// The same on registers of 512 bits. The mirror of a whole register, 16 elements up to half - k, lies across two; the upper one is the
    /// lower one of the step before, so that none is read from two lines. The first is the beginning, which is where the end would go on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void SplitWide(float* planes, float* bins, float* behind)
    {
        const int Lanes = WidePasses.Lanes;
        var cosines = SplitCos.Pointer;
        var sines = SplitSin.Pointer;
        var scale = Vector512.Create(Scale / 4);
        var backwards = Vector512.Create(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        nint half = Half;
        var upperReal = Vector512.Load(planes);
        var upperImaginary = Vector512.Load(planes + half);
        for (nint k = 0; k < half / 2; k += Lanes)
        {
            Sse.Prefetch0(behind + (2 * k));
            Sse.Prefetch0(behind + (2 * k) + 16);
            var real = Vector512.Load(planes + k);
            var imaginary = Vector512.Load(planes + half + k);
            var lowerReal = Vector512.Load(planes + half - Lanes - k);
            var lowerImaginary = Vector512.Load(planes + half + half - Lanes - k);
            var mirrorReal = Avx512F.PermuteVar16x32x2(lowerReal, backwards, upperReal);
            var mirrorImaginary = Avx512F.PermuteVar16x32x2(lowerImaginary, backwards, upperImaginary);
            (upperReal, upperImaginary) = (lowerReal, lowerImaginary);
            var evenReal = real + mirrorReal;
            var evenImaginary = imaginary - mirrorImaginary;
            var oddReal = imaginary + mirrorImaginary;
            var oddImaginary = mirrorReal - real;
            WideOctet.Twist(ref oddReal, ref oddImaginary, Vector512.Load(cosines + k), Vector512.Load(sines + k));
            Vector512.Store(scale * WideOctet.Square(evenReal + oddReal, evenImaginary + oddImaginary), bins + k);
            var mirrored = scale * WideOctet.Square(evenReal - oddReal, evenImaginary - oddImaginary);
            Vector512.Store(WideOctet.Backwards(mirrored), bins + half - (Lanes - 1) - k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Square(Vector256<float> real, Vector256<float> imaginary) => Fma.MultiplyAdd(real, real, imaginary * imaginary);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Backwards(Vector256<float> lanes) => Vector256.Shuffle(lanes, Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0));
}
