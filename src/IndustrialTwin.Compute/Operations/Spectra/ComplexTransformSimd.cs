using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// Eight lanes over the inner index of each pass. The first two passes, whose inner index is 1 and 4 long, run over the outer index
/// instead and put their outputs in order by 4 × 4 transposes and by halves of registers.
/// </summary>
internal sealed unsafe class ComplexTransformSimd : ComplexTransform
{
    /// <summary>The first pass needs eight values of its outer index, a quarter of the length.</summary>
    public const int LengthMin = 32;

    private const int Lanes = 8;

    // For each radix-4 pass six planes of twiddles: cos and sin of w, w² and w³.
    private readonly float[][] _twiddles;

    public ComplexTransformSimd(int length)
        : base(length)
    {
        var passes = new List<float[]>();
        var stride = 1;
        for (var n = length; n % 4 == 0; n /= 4, stride *= 4)
        {
            // The second pass reads its twiddles like data, so each stands four times.
            var repeat = stride == 4 ? 4 : 1;
            var quarter = n / 4;
            var table = GC.AllocateArray<float>(6 * quarter * repeat, pinned: true);
            for (var i = 0; i < quarter * repeat; i++)
            {
                for (var power = 1; power <= 3; power++)
                {
                    var (sin, cos) = Math.SinCos(-2 * Math.PI * power * (i / repeat) / n);
                    table[(((2 * power) - 2) * quarter * repeat) + i] = (float)cos;
                    table[(((2 * power) - 1) * quarter * repeat) + i] = (float)sin;
                }
            }

            passes.Add(table);
        }

        _twiddles = [.. passes];
    }

    public override int Forward(int start)
    {
        var from = Pointer(Planes) + start;
        var to = Pointer(Planes) + Other(start);
        FirstPass(from, to, Pointer(_twiddles[0]));
        var n = Length / 4;
        var stride = 4;
        for (var pass = 1; n > 1; pass++)
        {
            // A tuple cannot hold pointers.
            var kept = from;
            from = to;
            to = kept;
            if (n % 4 == 0)
            {
                if (stride == 4)
                    SecondPass(from, to, Pointer(_twiddles[pass]));
                else
                    Pass(from, to, Pointer(_twiddles[pass]), n / 4, stride);
                (n, stride) = (n / 4, stride * 4);
            }
            else
            {
                LastPass(from, to);
                n = 1;
            }
        }

        return (int)(to - Pointer(Planes));
    }

    // The tables are pinned for their whole life.
    private static float* Pointer(float[] pinned) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    /// <summary>Stride 1: lanes are eight values of p, whose four outputs belong side by side.</summary>
    private void FirstPass(float* from, float* to, float* twiddles)
    {
        var quarter = Length / 4;
        for (var p = 0; p < quarter; p += Lanes)
        {
            var x = Butterfly.Load(from + p, Length, quarter).Twist(twiddles + p, quarter);
            Interleave(x.Real0, x.Real1, x.Real2, x.Real3, to + (4 * p));
            Interleave(x.Imaginary0, x.Imaginary1, x.Imaginary2, x.Imaginary3, to + Length + (4 * p));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* to)
    {
        if (Avx.IsSupported)
        {
            // Within each half: (a0 b0 a1 b1), (c0 d0 c1 d1) -> (a0 b0 c0 d0), (a1 b1 c1 d1).
            var abLow = Avx.UnpackLow(a, b).AsDouble();
            var abHigh = Avx.UnpackHigh(a, b).AsDouble();
            var cdLow = Avx.UnpackLow(c, d).AsDouble();
            var cdHigh = Avx.UnpackHigh(c, d).AsDouble();
            var row0 = Avx.UnpackLow(abLow, cdLow).AsSingle();
            var row1 = Avx.UnpackHigh(abLow, cdLow).AsSingle();
            var row2 = Avx.UnpackLow(abHigh, cdHigh).AsSingle();
            var row3 = Avx.UnpackHigh(abHigh, cdHigh).AsSingle();
            Vector256.Store(Avx.Permute2x128(row0, row1, 0x20), to);
            Vector256.Store(Avx.Permute2x128(row2, row3, 0x20), to + 8);
            Vector256.Store(Avx.Permute2x128(row0, row1, 0x31), to + 16);
            Vector256.Store(Avx.Permute2x128(row2, row3, 0x31), to + 24);
            return;
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            to[4 * lane] = a[lane];
            to[(4 * lane) + 1] = b[lane];
            to[(4 * lane) + 2] = c[lane];
            to[(4 * lane) + 3] = d[lane];
        }
    }

    /// <summary>Stride 4: a register holds two values of p, whose outputs are runs of four.</summary>
    private void SecondPass(float* from, float* to, float* twiddles)
    {
        var quarter = Length / 4;
        for (var i = 0; i < quarter; i += Lanes)
        {
            var x = Butterfly.Load(from + i, Length, quarter).Twist(twiddles + i, quarter);
            Halves(x.Real0, x.Real1, x.Real2, x.Real3, to + (4 * i));
            Halves(x.Imaginary0, x.Imaginary1, x.Imaginary2, x.Imaginary3, to + Length + (4 * i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* to)
    {
        Vector256.Store(Vector256.Create(a.GetLower(), b.GetLower()), to);
        Vector256.Store(Vector256.Create(c.GetLower(), d.GetLower()), to + 8);
        Vector256.Store(Vector256.Create(a.GetUpper(), b.GetUpper()), to + 16);
        Vector256.Store(Vector256.Create(c.GetUpper(), d.GetUpper()), to + 24);
    }

    private void Pass(float* from, float* to, float* twiddles, int quarter, int stride)
    {
        for (var p = 0; p < quarter; p++)
        {
            var twist = Twiddles.Broadcast(twiddles + p, quarter);
            for (var q = 0; q < stride; q += Lanes)
            {
                var x = Butterfly.Load(from + (stride * p) + q, Length, stride * quarter).Twist(twist);
                var at = to + (4 * stride * p) + q;
                Vector256.Store(x.Real0, at);
                Vector256.Store(x.Imaginary0, at + Length);
                at += stride;
                Vector256.Store(x.Real1, at);
                Vector256.Store(x.Imaginary1, at + Length);
                at += stride;
                Vector256.Store(x.Real2, at);
                Vector256.Store(x.Imaginary2, at + Length);
                at += stride;
                Vector256.Store(x.Real3, at);
                Vector256.Store(x.Imaginary3, at + Length);
            }
        }
    }

    /// <summary>The one pass of radix 2 when the length is not a power of four; both planes are alike and lie side by side.</summary>
    private void LastPass(float* from, float* to)
    {
        var stride = Length / 2;
        for (var plane = 0; plane < 2 * Length; plane += Length)
        {
            for (var q = plane; q < plane + stride; q += Lanes)
            {
                var a = Vector256.Load(from + q);
                var b = Vector256.Load(from + q + stride);
                Vector256.Store(a + b, to + q);
                Vector256.Store(a - b, to + q + stride);
            }
        }
    }
}
