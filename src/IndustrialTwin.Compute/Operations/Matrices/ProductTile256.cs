using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Matrices;

/// <summary>6 × 16 results in 12 registers of 256 bits. Written out: the compiler keeps no array in registers.</summary>
internal static unsafe class ProductTile256
{
    public const int Rows = 6;
    public const int Columns = 16;
    private const int Lanes = 8;

    /// <summary>Adds alpha · A · B to a tile of C, or puts it there.</summary>
    /// <param name="a">depth × Rows.</param>
    /// <param name="b">depth × Columns.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="c">First element of the tile.</param>
    /// <param name="step">Elements from a row of C to the next.</param>
    /// <param name="isNew">What stood in C is not read.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* a, float* b, int depth, float alpha, float* c, int step, bool isNew)
    {
        Vector256<float> c00 = default, c01 = default;
        Vector256<float> c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default;
        Vector256<float> c40 = default, c41 = default;
        Vector256<float> c50 = default, c51 = default;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + Lanes);
            var a0 = Vector256.Create(a[0]);
            c00 = Vector256.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(a0, b1, c01);
            var a1 = Vector256.Create(a[1]);
            c10 = Vector256.MultiplyAddEstimate(a1, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(a1, b1, c11);
            var a2 = Vector256.Create(a[2]);
            c20 = Vector256.MultiplyAddEstimate(a2, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(a2, b1, c21);
            var a3 = Vector256.Create(a[3]);
            c30 = Vector256.MultiplyAddEstimate(a3, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(a3, b1, c31);
            var a4 = Vector256.Create(a[4]);
            c40 = Vector256.MultiplyAddEstimate(a4, b0, c40);
            c41 = Vector256.MultiplyAddEstimate(a4, b1, c41);
            var a5 = Vector256.Create(a[5]);
            c50 = Vector256.MultiplyAddEstimate(a5, b0, c50);
            c51 = Vector256.MultiplyAddEstimate(a5, b1, c51);
            a += Rows;
            b += Columns;
        }

        var factor = Vector256.Create(alpha);
        Put(c, isNew, factor, c00, c01);
        Put(c + step, isNew, factor, c10, c11);
        Put(c + ((long)2 * step), isNew, factor, c20, c21);
        Put(c + ((long)3 * step), isNew, factor, c30, c31);
        Put(c + ((long)4 * step), isNew, factor, c40, c41);
        Put(c + ((long)5 * step), isNew, factor, c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, bool isNew, Vector256<float> factor, Vector256<float> first, Vector256<float> second)
    {
        var before = isNew ? default : Vector256.Load(c);
        var beforeNext = isNew ? default : Vector256.Load(c + Lanes);
        Vector256.Store(Vector256.MultiplyAddEstimate(factor, first, before), c);
        Vector256.Store(Vector256.MultiplyAddEstimate(factor, second, beforeNext), c + Lanes);
    }
}
