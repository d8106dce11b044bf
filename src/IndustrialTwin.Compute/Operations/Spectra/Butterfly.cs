using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>Eight radix-4 butterflies in registers.</summary>
internal readonly unsafe struct Butterfly
{
    private Butterfly(
        Vector256<float> real0, Vector256<float> imaginary0,
        Vector256<float> real1, Vector256<float> imaginary1,
        Vector256<float> real2, Vector256<float> imaginary2,
        Vector256<float> real3, Vector256<float> imaginary3)
    {
        (Real0, Imaginary0) = (real0, imaginary0);
        (Real1, Imaginary1) = (real1, imaginary1);
        (Real2, Imaginary2) = (real2, imaginary2);
        (Real3, Imaginary3) = (real3, imaginary3);
    }

    public Vector256<float> Real0 { get; }

    public Vector256<float> Imaginary0 { get; }

    public Vector256<float> Real1 { get; }

    public Vector256<float> Imaginary1 { get; }

    public Vector256<float> Real2 { get; }

    public Vector256<float> Imaginary2 { get; }

    public Vector256<float> Real3 { get; }

    public Vector256<float> Imaginary3 { get; }

    /// <summary>Reads four elements a lane, <paramref name="step"/> apart, and joins them without twiddles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Butterfly Load(float* real, int plane, int step)
    {
        var imaginary = real + plane;
        var (ar, ai) = (Vector256.Load(real), Vector256.Load(imaginary));
        var (br, bi) = (Vector256.Load(real + step), Vector256.Load(imaginary + step));
        var (cr, ci) = (Vector256.Load(real + (2 * step)), Vector256.Load(imaginary + (2 * step)));
        var (dr, di) = (Vector256.Load(real + (3 * step)), Vector256.Load(imaginary + (3 * step)));
        var (acr, aci) = (ar + cr, ai + ci);
        var (amr, ami) = (ar - cr, ai - ci);
        var (bdr, bdi) = (br + dr, bi + di);
        var (bmr, bmi) = (br - dr, bi - di);
        return new Butterfly(acr + bdr, aci + bdi, amr + bmi, ami - bmr, acr - bdr, aci - bdi, amr - bmi, ami + bmr);
    }

    /// <summary>Multiplies by twiddles that differ from lane to lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Butterfly Twist(float* twiddles, int plane) => Twist(Twiddles.Load(twiddles, plane));

    /// <summary>Multiplies outputs 1, 2 and 3 by w, w² and w³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Butterfly Twist(in Twiddles by) => new(
        Real0,
        Imaginary0,
        Vector256.MultiplyAddEstimate(Real1, by.Cos1, -(Imaginary1 * by.Sin1)),
        Vector256.MultiplyAddEstimate(Real1, by.Sin1, Imaginary1 * by.Cos1),
        Vector256.MultiplyAddEstimate(Real2, by.Cos2, -(Imaginary2 * by.Sin2)),
        Vector256.MultiplyAddEstimate(Real2, by.Sin2, Imaginary2 * by.Cos2),
        Vector256.MultiplyAddEstimate(Real3, by.Cos3, -(Imaginary3 * by.Sin3)),
        Vector256.MultiplyAddEstimate(Real3, by.Sin3, Imaginary3 * by.Cos3));
}

/// <summary>w, w² and w³ for eight butterflies.</summary>
internal readonly unsafe struct Twiddles
{
    public Vector256<float> Cos1 { get; private init; }

    public Vector256<float> Sin1 { get; private init; }

    public Vector256<float> Cos2 { get; private init; }

    public Vector256<float> Sin2 { get; private init; }

    public Vector256<float> Cos3 { get; private init; }

    public Vector256<float> Sin3 { get; private init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twiddles Load(float* table, int plane) => new()
    {
        Cos1 = Vector256.Load(table),
        Sin1 = Vector256.Load(table + plane),
        Cos2 = Vector256.Load(table + (2 * plane)),
        Sin2 = Vector256.Load(table + (3 * plane)),
        Cos3 = Vector256.Load(table + (4 * plane)),
        Sin3 = Vector256.Load(table + (5 * plane)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twiddles Broadcast(float* table, int plane) => new()
    {
        Cos1 = Vector256.Create(table[0]),
        Sin1 = Vector256.Create(table[plane]),
        Cos2 = Vector256.Create(table[2 * plane]),
        Sin2 = Vector256.Create(table[3 * plane]),
        Cos3 = Vector256.Create(table[4 * plane]),
        Sin3 = Vector256.Create(table[5 * plane]),
    };
}
