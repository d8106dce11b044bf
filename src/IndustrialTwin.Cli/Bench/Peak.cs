using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Bench;

/// <summary>What one processor thread of this machine can do at most, measured now: the roofs of the roofline.</summary>
internal static class Peak
{
    private const int Repeats = 20_000, Sums = 12;

    /// <summary>Floating-point operations a microsecond of fused multiply-adds on 32-bit lanes of the widest registers.</summary>
    public static double FlopsPerUs32() => Vector512.IsHardwareAccelerated
        ? PerUs(Repeats * (long)Sums * 2 * Vector512<float>.Count, static () => Multiply(Vector512.Create(0.999f), Vector512.Create(1e-3f)))
        : PerUs(Repeats * (long)Sums * 2 * Vector256<float>.Count, static () => Multiply(Vector256.Create(0.999f), Vector256.Create(1e-3f)));

    /// <summary>The same on 64-bit lanes.</summary>
    public static double FlopsPerUs64() => Vector512.IsHardwareAccelerated
        ? PerUs(Repeats * (long)Sums * 2 * Vector512<double>.Count, static () => Multiply(Vector512.Create(0.999), Vector512.Create(1e-3)))
        : PerUs(Repeats * (long)Sums * 2 * Vector256<double>.Count, static () => Multiply(Vector256.Create(0.999), Vector256.Create(1e-3)));

    /// <summary>Bytes a microsecond that one thread reads.</summary>
    public static double ReadBytesPerUs(ReadOnlyMemory<float> data) => PerUs((long)data.Length * sizeof(float), () => Read(data.Span));

    /// <summary>Bytes a microsecond that one thread moves when it copies: those it reads and those it writes.</summary>
    public static double CopyBytesPerUs(ReadOnlyMemory<float> data, Memory<float> to) => PerUs(2L * data.Length * sizeof(float), () =>
    {
        data.CopyTo(to);
        return to.Span[0];
    });

    private static double PerUs(long units, Func<double> work)
    {
        var start = ThreadTime.Us;
        Sink.Keep(work());
        return units / (ThreadTime.Us - start);
    }

    /// <summary>Twelve chains hide the latency of four to six cycles of two units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Multiply<T>(Vector256<T> by, Vector256<T> plus)
        where T : unmanaged
    {
        Vector256<T> a = plus, b = plus, c = plus, d = plus, e = plus, f = plus, g = plus, h = plus, i = plus, j = plus, k = plus, l = plus;
        for (var n = 0; n < Repeats; n++)
        {
            a = Fma(a, by, plus);
            b = Fma(b, by, plus);
            c = Fma(c, by, plus);
            d = Fma(d, by, plus);
            e = Fma(e, by, plus);
            f = Fma(f, by, plus);
            g = Fma(g, by, plus);
            h = Fma(h, by, plus);
            i = Fma(i, by, plus);
            j = Fma(j, by, plus);
            k = Fma(k, by, plus);
            l = Fma(l, by, plus);
        }

        return Convert.ToDouble(Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l), CultureInfo.InvariantCulture);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Multiply<T>(Vector512<T> by, Vector512<T> plus)
        where T : unmanaged
    {
        Vector512<T> a = plus, b = plus, c = plus, d = plus, e = plus, f = plus, g = plus, h = plus, i = plus, j = plus, k = plus, l = plus;
        for (var n = 0; n < Repeats; n++)
        {
            a = Fma(a, by, plus);
            b = Fma(b, by, plus);
            c = Fma(c, by, plus);
            d = Fma(d, by, plus);
            e = Fma(e, by, plus);
            f = Fma(f, by, plus);
            g = Fma(g, by, plus);
            h = Fma(h, by, plus);
            i = Fma(i, by, plus);
            j = Fma(j, by, plus);
            k = Fma(k, by, plus);
            l = Fma(l, by, plus);
        }

        return Convert.ToDouble(Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l), CultureInfo.InvariantCulture);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Fma<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector256.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector256.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Fma<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Read(ReadOnlySpan<float> data)
    {
        ref var first = ref MemoryMarshal.GetReference(data);
        Vector256<float> a = default, b = default, c = default, d = default;
        var end = (nuint)(data.Length - (data.Length % 32));
        for (nuint i = 0; i < end; i += 32)
        {
            a += Vector256.LoadUnsafe(ref first, i);
            b += Vector256.LoadUnsafe(ref first, i + 8);
            c += Vector256.LoadUnsafe(ref first, i + 16);
            d += Vector256.LoadUnsafe(ref first, i + 24);
        }

        return Vector256.Sum(a + b + c + d);
    }
}
