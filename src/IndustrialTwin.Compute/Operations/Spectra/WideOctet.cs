using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace IndustrialTwin.Operations.Spectra;

/// <summary><see cref="Octet"/> on registers of 512 bits: sixteen butterflies a call. The compiler has no one name for both widths.</summary>
internal static class WideOctet
{
    private const float RootHalf = 0.70710678118654752f;

    /// <summary>
    /// x[k] = Σ x[j] exp(-2πi jk / 8). The first four elements come out as the even results 0, 2, 4, 6, the others as 1, 3, 5, 7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Join8(
        ref Lanes r0, ref Lanes i0, ref Lanes r1, ref Lanes i1, ref Lanes r2, ref Lanes i2, ref Lanes r3, ref Lanes i3,
        ref Lanes r4, ref Lanes i4, ref Lanes r5, ref Lanes i5, ref Lanes r6, ref Lanes i6, ref Lanes r7, ref Lanes i7)
    {
        SumAndDifference(ref r0, ref r4);
        SumAndDifference(ref i0, ref i4);
        SumAndDifference(ref r1, ref r5);
        SumAndDifference(ref i1, ref i5);
        SumAndDifference(ref r2, ref r6);
        SumAndDifference(ref i2, ref i6);
        SumAndDifference(ref r3, ref r7);
        SumAndDifference(ref i3, ref i7);
        Join4(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3);
        JoinOdd(ref r4, ref i4, ref r5, ref i5, ref r6, ref i6, ref r7, ref i7);
    }

    /// <summary>x[k] = Σ x[j] exp(-2πi jk / 4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Join4(
        ref Lanes r0, ref Lanes i0, ref Lanes r1, ref Lanes i1, ref Lanes r2, ref Lanes i2, ref Lanes r3, ref Lanes i3)
    {
        var c0r = r0 + r2;
        var c0i = i0 + i2;
        var c1r = r0 - r2;
        var c1i = i0 - i2;
        var d0r = r1 + r3;
        var d0i = i1 + i3;
        var d1r = r1 - r3;
        var d1i = i1 - i3;
        r0 = c0r + d0r;
        i0 = c0i + d0i;
        r2 = c0r - d0r;
        i2 = c0i - d0i;
        r1 = c1r + d1i;
        i1 = c1i - d1r;
        r3 = c1r - d1i;
        i3 = c1i + d1r;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumAndDifference(ref Lanes a, ref Lanes b)
    {
        var sum = a + b;
        b = a - b;
        a = sum;
    }

    /// <summary>x[k] = Σ x[j] exp(-2πi j(2k + 1) / 8): elements 1, 2 and 3 are turned first. The factor √½ is fused into the last sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void JoinOdd(
        ref Lanes r0, ref Lanes i0, ref Lanes r1, ref Lanes i1, ref Lanes r2, ref Lanes i2, ref Lanes r3, ref Lanes i3)
    {
        var e0r = r0 + i2;
        var e0i = i0 - r2;
        var e1r = r0 - i2;
        var e1i = i0 + r2;
        var g1 = r1 + i1;
        var h1 = i1 - r1;
        var g3 = i3 - r3;
        var h3 = i3 + r3;
        var f0r = g1 + g3;
        var f0i = h1 - h3;
        var f1r = g1 - g3;
        var f1i = h1 + h3;
        var root = Vector512.Create(RootHalf);
        r0 = Avx512F.FusedMultiplyAdd(root, f0r, e0r);
        i0 = Avx512F.FusedMultiplyAdd(root, f0i, e0i);
        r2 = Avx512F.FusedMultiplyAddNegated(root, f0r, e0r);
        i2 = Avx512F.FusedMultiplyAddNegated(root, f0i, e0i);
        r1 = Avx512F.FusedMultiplyAdd(root, f1i, e1r);
        i1 = Avx512F.FusedMultiplyAddNegated(root, f1r, e1i);
        r3 = Avx512F.FusedMultiplyAddNegated(root, f1i, e1r);
        i3 = Avx512F.FusedMultiplyAdd(root, f1r, e1i);
    }

    /// <summary>(r + i·m) · (cos + i·sin).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Twist(ref Lanes r, ref Lanes m, Lanes cos, Lanes sin)
    {
        var turned = Avx512F.FusedMultiplySubtract(r, cos, m * sin);
        m = Avx512F.FusedMultiplyAdd(r, sin, m * cos);
        r = turned;
    }

    /// <summary>(r - i·m) · (cos + i·sin).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TwistConjugate(ref Lanes r, ref Lanes m, Lanes cos, Lanes sin)
    {
        var turned = Avx512F.FusedMultiplyAdd(r, cos, m * sin);
        m = Avx512F.FusedMultiplySubtract(r, sin, m * cos);
        r = turned;
    }

    /// <summary>
    /// X[k] = Σ x[j] exp(-2πi jk / 8) of real x, given the sums x[j] + x[j + 4] and the differences x[j] - x[j + 4]. X[0] comes out as s0, X[1] as
    /// d0 + i·d2, X[2] as s1 + i·s3, X[3] as d1 + i·d3 and X[4] as s2.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void JoinReal(
        ref Lanes s0, ref Lanes s1, ref Lanes s2, ref Lanes s3, ref Lanes d0, ref Lanes d1, ref Lanes d2, ref Lanes d3)
    {
        var root = Vector512.Create(RootHalf);
        var even = s0 + s2;
        var odd = s1 + s3;
        var second = s0 - s2;
        s3 -= s1;
        s1 = second;
        s0 = even + odd;
        s2 = even - odd;
        var minus = d1 - d3;
        var plus = d1 + d3;
        d1 = Avx512F.FusedMultiplyAddNegated(root, minus, d0);
        d0 = Avx512F.FusedMultiplyAdd(root, minus, d0);
        d3 = Avx512F.FusedMultiplyAddNegated(root, plus, d2);
        d2 = Avx512F.FusedMultiplySubtractNegated(root, plus, d2);
    }

    /// <summary>r² + m².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Square(Lanes r, Lanes m) => Avx512F.FusedMultiplyAdd(r, r, m * m);

    /// <summary>The last lane first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Backwards(Lanes lanes) =>
        Vector512.Shuffle(lanes, Vector512.Create(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    /// <summary>Writes eight registers so that the eight values of a lane lie side by side, lane after lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreAcross(float* to, Lanes a, Lanes b, Lanes c, Lanes d, Lanes e, Lanes f, Lanes g, Lanes h)
    {
        // Pairs, then fours within each quarter of a register; then a lane's two fours are joined, those of two quarters at a time.
        var ab0 = Avx512F.UnpackLow(a, b).AsDouble();
        var ab1 = Avx512F.UnpackHigh(a, b).AsDouble();
        var cd0 = Avx512F.UnpackLow(c, d).AsDouble();
        var cd1 = Avx512F.UnpackHigh(c, d).AsDouble();
        var ef0 = Avx512F.UnpackLow(e, f).AsDouble();
        var ef1 = Avx512F.UnpackHigh(e, f).AsDouble();
        var gh0 = Avx512F.UnpackLow(g, h).AsDouble();
        var gh1 = Avx512F.UnpackHigh(g, h).AsDouble();
        StoreQuarters(to, Avx512F.UnpackLow(ab0, cd0), Avx512F.UnpackLow(ef0, gh0), Avx512F.UnpackHigh(ab0, cd0), Avx512F.UnpackHigh(ef0, gh0));
        StoreQuarters(to + 16, Avx512F.UnpackLow(ab1, cd1), Avx512F.UnpackLow(ef1, gh1), Avx512F.UnpackHigh(ab1, cd1), Avx512F.UnpackHigh(ef1, gh1));
    }

    /// <summary>Lanes 4q and 4q + 1 of each quarter q: first and last fours of the one, then of the other, 32 values to the next quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void StoreQuarters(float* to, Vector512<double> first0, Vector512<double> last0, Vector512<double> first1, Vector512<double> last1)
    {
        var low0 = Avx512F.PermuteVar8x64x2(first0, Vector512.Create(0L, 1, 8, 9, 2, 3, 10, 11), last0);
        var low1 = Avx512F.PermuteVar8x64x2(first1, Vector512.Create(0L, 1, 8, 9, 2, 3, 10, 11), last1);
        var high0 = Avx512F.PermuteVar8x64x2(first0, Vector512.Create(4L, 5, 12, 13, 6, 7, 14, 15), last0);
        var high1 = Avx512F.PermuteVar8x64x2(first1, Vector512.Create(4L, 5, 12, 13, 6, 7, 14, 15), last1);
        Vector512.Store(Avx512F.Shuffle4x128(low0, low1, 0b01_00_01_00).AsSingle(), to);
        Vector512.Store(Avx512F.Shuffle4x128(low0, low1, 0b11_10_11_10).AsSingle(), to + 32);
        Vector512.Store(Avx512F.Shuffle4x128(high0, high1, 0b01_00_01_00).AsSingle(), to + 64);
        Vector512.Store(Avx512F.Shuffle4x128(high0, high1, 0b11_10_11_10).AsSingle(), to + 96);
    }
}
