using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector256<float>;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// Butterflies over registers, eight of them a call, in place. The elements are passed one by one and by reference: inlined they are plain
/// registers, whereas the compiler keeps a struct of more than four fields in memory. It inlines nothing with more than 32 variables.
/// </summary>
internal static class Octet
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
        var root = Vector256.Create(RootHalf);
        r0 = Fma.MultiplyAdd(root, f0r, e0r);
        i0 = Fma.MultiplyAdd(root, f0i, e0i);
        r2 = Fma.MultiplyAddNegated(root, f0r, e0r);
        i2 = Fma.MultiplyAddNegated(root, f0i, e0i);
        r1 = Fma.MultiplyAdd(root, f1i, e1r);
        i1 = Fma.MultiplyAddNegated(root, f1r, e1i);
        r3 = Fma.MultiplyAddNegated(root, f1i, e1r);
        i3 = Fma.MultiplyAdd(root, f1r, e1i);
    }

    /// <summary>(r + i·m) · (cos + i·sin).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Twist(ref Lanes r, ref Lanes m, Lanes cos, Lanes sin)
    {
        var turned = Fma.MultiplySubtract(r, cos, m * sin);
        m = Fma.MultiplyAdd(r, sin, m * cos);
        r = turned;
    }

    /// <summary>Writes eight registers so that the eight values of a lane lie side by side, lane after lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreAcross(float* to, Lanes a, Lanes b, Lanes c, Lanes d, Lanes e, Lanes f, Lanes g, Lanes h)
    {
        // Pairs, then fours within each half of a register, then the halves.
        var ab0 = Avx.UnpackLow(a, b).AsDouble();
        var ab1 = Avx.UnpackHigh(a, b).AsDouble();
        var cd0 = Avx.UnpackLow(c, d).AsDouble();
        var cd1 = Avx.UnpackHigh(c, d).AsDouble();
        var ef0 = Avx.UnpackLow(e, f).AsDouble();
        var ef1 = Avx.UnpackHigh(e, f).AsDouble();
        var gh0 = Avx.UnpackLow(g, h).AsDouble();
        var gh1 = Avx.UnpackHigh(g, h).AsDouble();
        StoreHalves(to, Avx.UnpackLow(ab0, cd0), Avx.UnpackLow(ef0, gh0));
        StoreHalves(to + 8, Avx.UnpackHigh(ab0, cd0), Avx.UnpackHigh(ef0, gh0));
        StoreHalves(to + 16, Avx.UnpackLow(ab1, cd1), Avx.UnpackLow(ef1, gh1));
        StoreHalves(to + 24, Avx.UnpackHigh(ab1, cd1), Avx.UnpackHigh(ef1, gh1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void StoreHalves(float* to, Vector256<double> first, Vector256<double> second)
    {
        Vector256.Store(Avx.Permute2x128(first, second, 0x20).AsSingle(), to);
        Vector256.Store(Avx.Permute2x128(first, second, 0x31).AsSingle(), to + 32);
    }
}
