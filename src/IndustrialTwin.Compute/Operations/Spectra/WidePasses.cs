using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// The passes of radix 8 of <see cref="ComplexTransformSimd"/> on registers of 512 bits. Where a processor does these in two halves it still
/// gains: half as many instructions are on the way for as many sums, so twice as many butterflies overlap.
/// </summary>
internal static unsafe class WidePasses
{
    /// <summary>The first pass needs sixteen values of its outer index, an eighth of the length.</summary>
    public const int LengthMin = 128;

    /// <summary>Values of a register.</summary>
    public const int Lanes = 16;

    /// <summary>Whether this processor can run them.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>Stride 1: lanes are sixteen values of p, whose eight outputs belong side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void First<TSource>(TSource source, float* to, float* twiddles, nint length)
        where TSource : struct, IFirstPassSource
    {
        var step = length / 8;
        for (nint p = 0; p < step; p += Lanes)
        {
            source.LoadWide(p, out var r0, out var i0);
            source.LoadWide(p + step, out var r1, out var i1);
            source.LoadWide(p + (2 * step), out var r2, out var i2);
            source.LoadWide(p + (3 * step), out var r3, out var i3);
            source.LoadWide(p + (4 * step), out var r4, out var i4);
            source.LoadWide(p + (5 * step), out var r5, out var i5);
            source.LoadWide(p + (6 * step), out var r6, out var i6);
            source.LoadWide(p + (7 * step), out var r7, out var i7);
            WideOctet.Join8(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3, ref r4, ref i4, ref r5, ref i5, ref r6, ref i6, ref r7, ref i7);
            var w = twiddles + (14 * p);
            WideOctet.Twist(ref r4, ref i4, Vector512.Load(w), Vector512.Load(w + 16));
            WideOctet.Twist(ref r1, ref i1, Vector512.Load(w + 32), Vector512.Load(w + 48));
            WideOctet.Twist(ref r5, ref i5, Vector512.Load(w + 64), Vector512.Load(w + 80));
            WideOctet.Twist(ref r2, ref i2, Vector512.Load(w + 96), Vector512.Load(w + 112));
            WideOctet.Twist(ref r6, ref i6, Vector512.Load(w + 128), Vector512.Load(w + 144));
            WideOctet.Twist(ref r3, ref i3, Vector512.Load(w + 160), Vector512.Load(w + 176));
            WideOctet.Twist(ref r7, ref i7, Vector512.Load(w + 192), Vector512.Load(w + 208));
            WideOctet.StoreAcross(to + (8 * p), r0, r4, r1, r5, r2, r6, r3, r7);
            WideOctet.StoreAcross(to + length + (8 * p), i0, i4, i1, i5, i2, i6, i3, i7);
        }
    }

    /// <summary>Stride 8: a register holds two values of p, so each twiddle stands eight times in its table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Second(float* from, float* to, float* twiddles, nint length)
    {
        var step = length / 8;
        for (nint i = 0; i < step; i += Lanes)
        {
            var real = from + i;
            var imaginary = real + length;
            var r0 = Vector512.Load(real);
            var i0 = Vector512.Load(imaginary);
            var r1 = Vector512.Load(real + step);
            var i1 = Vector512.Load(imaginary + step);
            var r2 = Vector512.Load(real + (2 * step));
            var i2 = Vector512.Load(imaginary + (2 * step));
            var r3 = Vector512.Load(real + (3 * step));
            var i3 = Vector512.Load(imaginary + (3 * step));
            var r4 = Vector512.Load(real + (4 * step));
            var i4 = Vector512.Load(imaginary + (4 * step));
            var r5 = Vector512.Load(real + (5 * step));
            var i5 = Vector512.Load(imaginary + (5 * step));
            var r6 = Vector512.Load(real + (6 * step));
            var i6 = Vector512.Load(imaginary + (6 * step));
            var r7 = Vector512.Load(real + (7 * step));
            var i7 = Vector512.Load(imaginary + (7 * step));
            WideOctet.Join8(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3, ref r4, ref i4, ref r5, ref i5, ref r6, ref i6, ref r7, ref i7);
            var w = twiddles + (14 * i);
            WideOctet.Twist(ref r4, ref i4, Vector512.Load(w), Vector512.Load(w + 16));
            WideOctet.Twist(ref r1, ref i1, Vector512.Load(w + 32), Vector512.Load(w + 48));
            WideOctet.Twist(ref r5, ref i5, Vector512.Load(w + 64), Vector512.Load(w + 80));
            WideOctet.Twist(ref r2, ref i2, Vector512.Load(w + 96), Vector512.Load(w + 112));
            WideOctet.Twist(ref r6, ref i6, Vector512.Load(w + 128), Vector512.Load(w + 144));
            WideOctet.Twist(ref r3, ref i3, Vector512.Load(w + 160), Vector512.Load(w + 176));
            WideOctet.Twist(ref r7, ref i7, Vector512.Load(w + 192), Vector512.Load(w + 208));
            var at = to + (8 * i);
            StoreHalves(r0, i0, at, length);
            StoreHalves(r4, i4, at + 8, length);
            StoreHalves(r1, i1, at + 16, length);
            StoreHalves(r5, i5, at + 24, length);
            StoreHalves(r2, i2, at + 32, length);
            StoreHalves(r6, i6, at + 40, length);
            StoreHalves(r3, i3, at + 48, length);
            StoreHalves(r7, i7, at + 56, length);
        }
    }

    /// <summary>A stride of whole registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Later(float* from, float* to, float* twiddles, nint groups, nint stride, nint length)
    {
        var step = stride * groups;
        for (nint p = 0; p < groups; p++)
        {
            var w = twiddles + (14 * p);
            for (nint q = 0; q < stride; q += Lanes)
            {
                var real = from + (stride * p) + q;
                var imaginary = real + length;
                var r0 = Vector512.Load(real);
                var i0 = Vector512.Load(imaginary);
                var r1 = Vector512.Load(real + step);
                var i1 = Vector512.Load(imaginary + step);
                var r2 = Vector512.Load(real + (2 * step));
                var i2 = Vector512.Load(imaginary + (2 * step));
                var r3 = Vector512.Load(real + (3 * step));
                var i3 = Vector512.Load(imaginary + (3 * step));
                var r4 = Vector512.Load(real + (4 * step));
                var i4 = Vector512.Load(imaginary + (4 * step));
                var r5 = Vector512.Load(real + (5 * step));
                var i5 = Vector512.Load(imaginary + (5 * step));
                var r6 = Vector512.Load(real + (6 * step));
                var i6 = Vector512.Load(imaginary + (6 * step));
                var r7 = Vector512.Load(real + (7 * step));
                var i7 = Vector512.Load(imaginary + (7 * step));
                WideOctet.Join8(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3, ref r4, ref i4, ref r5, ref i5, ref r6, ref i6, ref r7, ref i7);
                if (p > 0)
                {
                    // At p = 0, which is all of the last pass, every twiddle is 1.
                    WideOctet.Twist(ref r4, ref i4, Vector512.Create(w[0]), Vector512.Create(w[1]));
                    WideOctet.Twist(ref r1, ref i1, Vector512.Create(w[2]), Vector512.Create(w[3]));
                    WideOctet.Twist(ref r5, ref i5, Vector512.Create(w[4]), Vector512.Create(w[5]));
                    WideOctet.Twist(ref r2, ref i2, Vector512.Create(w[6]), Vector512.Create(w[7]));
                    WideOctet.Twist(ref r6, ref i6, Vector512.Create(w[8]), Vector512.Create(w[9]));
                    WideOctet.Twist(ref r3, ref i3, Vector512.Create(w[10]), Vector512.Create(w[11]));
                    WideOctet.Twist(ref r7, ref i7, Vector512.Create(w[12]), Vector512.Create(w[13]));
                }

                var at = to + (8 * stride * p) + q;
                Store(r0, i0, at, length);
                Store(r4, i4, at + stride, length);
                Store(r1, i1, at + (2 * stride), length);
                Store(r5, i5, at + (3 * stride), length);
                Store(r2, i2, at + (4 * stride), length);
                Store(r6, i6, at + (5 * stride), length);
                Store(r3, i3, at + (6 * stride), length);
                Store(r7, i7, at + (7 * stride), length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> real, Vector512<float> imaginary, float* to, nint length)
    {
        Vector512.Store(real, to);
        Vector512.Store(imaginary, to + length);
    }

    /// <summary>The upper half is of the next p, whose eight outputs of eight values follow those of this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Vector512<float> real, Vector512<float> imaginary, float* to, nint length)
    {
        Vector256.Store(real.GetLower(), to);
        Vector256.Store(real.GetUpper(), to + 64);
        Vector256.Store(imaginary.GetLower(), to + length);
        Vector256.Store(imaginary.GetUpper(), to + length + 64);
    }
}
