using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Numerics;

/// <summary>Eight draws of <see cref="Philox"/> at once, to the bit; where AVX2 is.</summary>
internal readonly struct PhiloxLanes(Vector256<uint> first, Vector256<uint> second, Vector256<uint> third, Vector256<uint> fourth)
{
    public const int Count = 8;

    public readonly Vector256<uint> First = first;
    public readonly Vector256<uint> Second = second;
    public readonly Vector256<uint> Third = third;
    public readonly Vector256<uint> Fourth = fourth;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Numbers of eight paths from one on.</summary>
    public static Vector256<uint> Paths(int first) => Vector256.Create((uint)first) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);

    /// <summary>Draws for eight values of the second counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhiloxLanes Draw(uint counter0, Vector256<uint> counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        var (a, b) = (Vector256.Create(Philox.MultiplierA), Vector256.Create(Philox.MultiplierB));
        var (c0, c2, c3) = (Vector256.Create(counter0), Vector256.Create(counter2), Vector256.Create(counter3));
        for (var round = 0; round < Philox.Rounds; round++)
        {
            var (lowA, highA) = Product(a, c0);
            var (lowB, highB) = Product(b, c2);
            (c0, c2) = (highB ^ counter1 ^ Vector256.Create(key0), highA ^ c3 ^ Vector256.Create(key1));
            (counter1, c3) = (lowB, lowA);
            key0 += Philox.WeylA;
            key1 += Philox.WeylB;
        }

        return new PhiloxLanes(c0, counter1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> Low, Vector256<uint> High) Product(Vector256<uint> x, Vector256<uint> y)
    {
        var even = Avx2.Multiply(x, y);
        var odd = Avx2.Multiply(x, (y.AsUInt64() >> 32).AsUInt32());
        var low = Avx2.Blend(even.AsUInt32(), (odd << 32).AsUInt32(), 0b1010_1010);
        var high = Avx2.Blend((even >> 32).AsUInt32(), odd.AsUInt32(), 0b1010_1010);
        return (low, high);
    }
}
