using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// Passes of radix 8, and one or two of radix 4 where needed, eight lanes a register. The first pass, whose inner index is 1 long, has its
/// lanes over the outer index and puts its outputs in order by transposing; from then on the inner index fills whole registers. A pass must
/// not be inlined: what a hot caller makes of it depends on the profile, and was seen to take several times as long.
/// </summary>
internal sealed unsafe class ComplexTransformSimd : ComplexTransform
{
    /// <summary>The first pass needs eight values of its outer index, an eighth of the length.</summary>
    public const int LengthMin = 64;

    private const int Lanes = 8;

    // For each pass cos and sin of w, w², … in a row for each p, or for each register of several p.
    private readonly (int Radix, AlignedFloats Twiddles)[] _passes;
    private readonly bool _isWide;

    /// <param name="length">A power of two from <see cref="LengthMin"/> on.</param>
    /// <param name="isWideAllowed">Whether registers of 512 bits are used where processor and length allow it.</param>
    public ComplexTransformSimd(int length, bool isWideAllowed = true)
        : base(length)
    {
        _isWide = isWideAllowed && WidePasses.IsSupported && length >= WidePasses.LengthMin;
        var passes = new List<(int, AlignedFloats)>();
        for (var n = length; n > 1;)
        {
            // 16 is 4 × 4 rather than 8 × 2, so radix 2 never comes.
            var radix = n is 16 or 4 ? 4 : 8;
            var (together, repeat) =
                n == length ? (_isWide ? WidePasses.Lanes : Lanes, 1)
                : n == length / 8 && radix == 8 && _isWide ? (2, 8)
                : (1, 1);
            passes.Add((radix, Twiddles(n, radix, together, repeat)));
            n /= radix;
        }

        _passes = [.. passes];
    }

    /// <summary>Whether this processor can run it.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public override int Forward(int start) => Forward(new PlaneSource(Planes.Pointer + start, Length), Other(start));

    /// <summary>Transforms what is read from a source.</summary>
    /// <param name="source">The elements; not the pair of planes at <paramref name="start"/>.</param>
    /// <param name="start">Which pair of planes the first pass writes to: 0 or 2 × length.</param>
    /// <returns>Where the result's pair of planes starts.</returns>
    public int Forward<TSource>(TSource source, int start)
        where TSource : struct, IFirstPassSource
    {
        if (_isWide)
            WidePasses.First(source, Planes.Pointer + start, _passes[0].Twiddles.Pointer, Length);
        else
            FirstPass(source, Planes.Pointer + start, _passes[0].Twiddles.Pointer);
        var stride = 8;
        for (var pass = 1; pass < _passes.Length; pass++)
        {
            var from = Planes.Pointer + start;
            start = Other(start);
            var to = Planes.Pointer + start;
            var (radix, twiddles) = _passes[pass];
            var groups = Length / stride / radix;
            if (radix == 8 && _isWide && stride == 8)
                WidePasses.Second(from, to, twiddles.Pointer, Length);
            else if (radix == 8 && _isWide)
                WidePasses.Later(from, to, twiddles.Pointer, groups, stride, Length);
            else if (radix == 8)
                Pass8(from, to, twiddles.Pointer, groups, stride);
            else
                Pass4(from, to, twiddles.Pointer, groups, stride);
            stride *= radix;
        }

        return start;
    }

    /// <summary>A table of twiddles.</summary>
    /// <param name="n">Length of the transforms that the pass begins.</param>
    /// <param name="radix">The pass' radix.</param>
    /// <param name="together">Values of p that a register holds.</param>
    /// <param name="repeat">How often each stands in it.</param>
    private static AlignedFloats Twiddles(int n, int radix, int together, int repeat)
    {
        var lanes = together * repeat;
        var table = new AlignedFloats(2 * (radix - 1) * (n / radix) * repeat);
        for (var p = 0; p < n / radix; p++)
        {
            for (var power = 1; power < radix; power++)
            {
                var at = (2 * (((p / together) * (radix - 1)) + power - 1) * lanes) + ((p % together) * repeat);
                var (sin, cos) = Math.SinCos(-2 * Math.PI * power * p / n);
                table.Span.Slice(at, repeat).Fill((float)cos);
                table.Span.Slice(at + lanes, repeat).Fill((float)sin);
            }
        }

        return table;
    }

    /// <summary>Stride 1: lanes are eight values of p, whose eight outputs belong side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void FirstPass<TSource>(TSource source, float* to, float* twiddles)
        where TSource : struct, IFirstPassSource
    {
        nint length = Length;
        var step = length / 8;
        for (nint p = 0; p < step; p += Lanes)
        {
            source.Load(p, out var r0, out var i0);
            source.Load(p + step, out var r1, out var i1);
            source.Load(p + (2 * step), out var r2, out var i2);
            source.Load(p + (3 * step), out var r3, out var i3);
            source.Load(p + (4 * step), out var r4, out var i4);
            source.Load(p + (5 * step), out var r5, out var i5);
            source.Load(p + (6 * step), out var r6, out var i6);
            source.Load(p + (7 * step), out var r7, out var i7);
            Octet.Join8(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3, ref r4, ref i4, ref r5, ref i5, ref r6, ref i6, ref r7, ref i7);
            var w = twiddles + (14 * p);
            Octet.Twist(ref r4, ref i4, Vector256.Load(w), Vector256.Load(w + 8));
            Octet.Twist(ref r1, ref i1, Vector256.Load(w + 16), Vector256.Load(w + 24));
            Octet.Twist(ref r5, ref i5, Vector256.Load(w + 32), Vector256.Load(w + 40));
            Octet.Twist(ref r2, ref i2, Vector256.Load(w + 48), Vector256.Load(w + 56));
            Octet.Twist(ref r6, ref i6, Vector256.Load(w + 64), Vector256.Load(w + 72));
            Octet.Twist(ref r3, ref i3, Vector256.Load(w + 80), Vector256.Load(w + 88));
            Octet.Twist(ref r7, ref i7, Vector256.Load(w + 96), Vector256.Load(w + 104));
            Octet.StoreAcross(to + (8 * p), r0, r4, r1, r5, r2, r6, r3, r7);
            Octet.StoreAcross(to + length + (8 * p), i0, i4, i1, i5, i2, i6, i3, i7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Pass8(float* from, float* to, float* twiddles, nint groups, nint stride)
    {
        var step = stride * groups;
        nint length = Length;
        for (nint p = 0; p < groups; p++)
        {
            var w = twiddles + (14 * p);
            for (nint q = 0; q < stride; q += Lanes)
            {
                var real = from + (stride * p) + q;
                var imaginary = real + length;
                var r0 = Vector256.Load(real);
                var i0 = Vector256.Load(imaginary);
                var r1 = Vector256.Load(real + step);
                var i1 = Vector256.Load(imaginary + step);
                var r2 = Vector256.Load(real + (2 * step));
                var i2 = Vector256.Load(imaginary + (2 * step));
                var r3 = Vector256.Load(real + (3 * step));
                var i3 = Vector256.Load(imaginary + (3 * step));
                var r4 = Vector256.Load(real + (4 * step));
                var i4 = Vector256.Load(imaginary + (4 * step));
                var r5 = Vector256.Load(real + (5 * step));
                var i5 = Vector256.Load(imaginary + (5 * step));
                var r6 = Vector256.Load(real + (6 * step));
                var i6 = Vector256.Load(imaginary + (6 * step));
                var r7 = Vector256.Load(real + (7 * step));
                var i7 = Vector256.Load(imaginary + (7 * step));
                Octet.Join8(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3, ref r4, ref i4, ref r5, ref i5, ref r6, ref i6, ref r7, ref i7);
                if (p > 0)
                {
                    // At p = 0, which is all of the last pass, every twiddle is 1.
                    Octet.Twist(ref r4, ref i4, Vector256.Create(w[0]), Vector256.Create(w[1]));
                    Octet.Twist(ref r1, ref i1, Vector256.Create(w[2]), Vector256.Create(w[3]));
                    Octet.Twist(ref r5, ref i5, Vector256.Create(w[4]), Vector256.Create(w[5]));
                    Octet.Twist(ref r2, ref i2, Vector256.Create(w[6]), Vector256.Create(w[7]));
                    Octet.Twist(ref r6, ref i6, Vector256.Create(w[8]), Vector256.Create(w[9]));
                    Octet.Twist(ref r3, ref i3, Vector256.Create(w[10]), Vector256.Create(w[11]));
                    Octet.Twist(ref r7, ref i7, Vector256.Create(w[12]), Vector256.Create(w[13]));
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Pass4(float* from, float* to, float* twiddles, nint groups, nint stride)
    {
        var step = stride * groups;
        nint length = Length;
        for (nint p = 0; p < groups; p++)
        {
            var w = twiddles + (6 * p);
            for (nint q = 0; q < stride; q += Lanes)
            {
                var real = from + (stride * p) + q;
                var imaginary = real + length;
                var r0 = Vector256.Load(real);
                var i0 = Vector256.Load(imaginary);
                var r1 = Vector256.Load(real + step);
                var i1 = Vector256.Load(imaginary + step);
                var r2 = Vector256.Load(real + (2 * step));
                var i2 = Vector256.Load(imaginary + (2 * step));
                var r3 = Vector256.Load(real + (3 * step));
                var i3 = Vector256.Load(imaginary + (3 * step));
                Octet.Join4(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3);
                if (p > 0)
                {
                    Octet.Twist(ref r1, ref i1, Vector256.Create(w[0]), Vector256.Create(w[1]));
                    Octet.Twist(ref r2, ref i2, Vector256.Create(w[2]), Vector256.Create(w[3]));
                    Octet.Twist(ref r3, ref i3, Vector256.Create(w[4]), Vector256.Create(w[5]));
                }

                var at = to + (4 * stride * p) + q;
                Store(r0, i0, at, length);
                Store(r1, i1, at + stride, length);
                Store(r2, i2, at + (2 * stride), length);
                Store(r3, i3, at + (3 * stride), length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> real, Vector256<float> imaginary, float* to, nint length)
    {
        Vector256.Store(real, to);
        Vector256.Store(imaginary, to + length);
    }
}
