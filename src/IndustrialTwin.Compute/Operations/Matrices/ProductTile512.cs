using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Matrices;

/// <summary>8 × 32 results in 16 registers of 512 bits. Written out: the compiler keeps no array in registers.</summary>
internal static unsafe class ProductTile512
{
    public const int Rows = 8;
    public const int Columns = 32;
    private const int Lanes = 16;

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
        Vector512<float> c00 = default, c01 = default;
        Vector512<float> c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default;
        Vector512<float> c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default;
        Vector512<float> c70 = default, c71 = default;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + Lanes);
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector512.MultiplyAddEstimate(a0, b1, c01);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.MultiplyAddEstimate(a1, b0, c10);
            c11 = Vector512.MultiplyAddEstimate(a1, b1, c11);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.MultiplyAddEstimate(a2, b0, c20);
            c21 = Vector512.MultiplyAddEstimate(a2, b1, c21);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.MultiplyAddEstimate(a3, b0, c30);
            c31 = Vector512.MultiplyAddEstimate(a3, b1, c31);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.MultiplyAddEstimate(a4, b0, c40);
            c41 = Vector512.MultiplyAddEstimate(a4, b1, c41);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.MultiplyAddEstimate(a5, b0, c50);
            c51 = Vector512.MultiplyAddEstimate(a5, b1, c51);
            var a6 = Vector512.Create(a[6]);
            c60 = Vector512.MultiplyAddEstimate(a6, b0, c60);
            c61 = Vector512.MultiplyAddEstimate(a6, b1, c61);
            var a7 = Vector512.Create(a[7]);
            c70 = Vector512.MultiplyAddEstimate(a7, b0, c70);
            c71 = Vector512.MultiplyAddEstimate(a7, b1, c71);
            a += Rows;
            b += Columns;
        }

        var factor = Vector512.Create(alpha);
        Put(c, isNew, factor, c00, c01);
        Put(c + step, isNew, factor, c10, c11);
        Put(c + ((long)2 * step), isNew, factor, c20, c21);
        Put(c + ((long)3 * step), isNew, factor, c30, c31);
        Put(c + ((long)4 * step), isNew, factor, c40, c41);
        Put(c + ((long)5 * step), isNew, factor, c50, c51);
        Put(c + ((long)6 * step), isNew, factor, c60, c61);
        Put(c + ((long)7 * step), isNew, factor, c70, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, bool isNew, Vector512<float> factor, Vector512<float> first, Vector512<float> second)
    {
        var before = isNew ? default : Vector512.Load(c);
        var beforeNext = isNew ? default : Vector512.Load(c + Lanes);
        Vector512.Store(Vector512.MultiplyAddEstimate(factor, first, before), c);
        Vector512.Store(Vector512.MultiplyAddEstimate(factor, second, beforeNext), c + Lanes);
    }
}
