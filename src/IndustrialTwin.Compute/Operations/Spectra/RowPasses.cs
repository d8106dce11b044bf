using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// The passes of <see cref="RealTransform1024"/>, each in the place of the one before. A row's index down the columns is r = b + 8a in the
/// samples and k = c + 8d in the transform. Of c = 1..3 all eight d are computed; those above row 32 stand, as they are, in the place of
/// their conjugates in rows 64 - k, which the twiddles of the turn then set right.
/// </summary>
internal static unsafe class RowPasses
{
    /// <summary>Values of a row, which is a register.</summary>
    public const int Row = 16;

    /// <summary>From real to imaginary parts: 32 rows.</summary>
    public const int Plane = 32 * Row;

    /// <summary>Values of the table of <see cref="Second"/> for each of c = 1..3: cos and sin of exp(-2πi bc / 64), b = 1..7.</summary>
    public const int DownTwiddles = 14;

    private const int Half = 32 * Row, Eight = 8 * Row, Four = 4 * Row;

    /// <summary>Weights, and real transforms of eight rows, 8 apart, for each b; c = 0 and 4 are real.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void First(float* samples, float* weights, float* rows, Ahead ahead)
    {
        for (nint b = 0; b < 4; b++)
        {
            var at = Row * b;
            ahead.Ask(6 * b);
            Join(samples + at, weights + at, rows + (8 * at), rows + (8 * at), Row);
            ahead.Ask((6 * b) + 2);
            ahead.Ask((6 * b) + 4);
            Join(samples + Four + at, weights + Four + at, rows + Plane + (8 * at), rows + Plane - (8 * at), -Row);
        }
    }

    /// <summary>Transforms over b for each c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Second(float* rows, float* twiddles, float* sixteenths, Ahead ahead)
    {
        for (nint c = 1; c <= 3; c++)
        {
            ahead.Ask(20 + (4 * c));
            ahead.Ask(22 + (4 * c));
            JoinComplex(rows + (Row * c), rows + (Row * (8 - c)), twiddles + (DownTwiddles * (c - 1)));
        }

        ahead.Ask(36);
        JoinReal(rows);
        ahead.Ask(38);
        JoinHalves(rows + Four, sixteenths);
    }

    /// <summary>Transforms along the rows, 16 rows at a time, and the power of what comes out.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="twiddles">cos and sin of exp(-2πi kn / 1024) for each row k.</param>
    /// <param name="sixteenths">cos and sin of exp(-2πi j / 16), j = 0..9.</param>
    /// <param name="bins">The bins, of which every 64th from 32 on is not for these rows to fill.</param>
    /// <param name="ahead">Asked for the last 24 lines.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Third(float* rows, float* twiddles, float* sixteenths, float* bins, Ahead ahead)
    {
        for (nint k = 0; k < 32; k += Row)
        {
            Turn(rows + (Row * k), twiddles + (2 * Row * k), ahead, 40 + (12 * (k / Row)));
            Finish(rows + (Row * k), sixteenths, bins + k, bins + (2 * Half) - k - (Row - 1));
        }
    }

    /// <summary>
    /// Twiddles of 16 rows, and squares of 4 × 4 values of each four turned: row 4 j + i then holds, for rows 4 j.. as they were, values i,
    /// i + 4, i + 8 and i + 12.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(float* rows, float* twiddles, Ahead ahead, nint line)
    {
        for (nint k = 0; k < 2; k++)
        {
            ahead.Ask(line + (6 * k));
            var at = rows + (Eight * k);
            var w = twiddles + (2 * Eight * k);
            Load(at, out var r0, out var i0);
            Load(at + Row, out var r1, out var i1);
            Load(at + (2 * Row), out var r2, out var i2);
            Load(at + (3 * Row), out var r3, out var i3);
            WideOctet.Twist(ref r0, ref i0, Vector512.Load(w), Vector512.Load(w + 16));
            WideOctet.Twist(ref r1, ref i1, Vector512.Load(w + 32), Vector512.Load(w + 48));
            WideOctet.Twist(ref r2, ref i2, Vector512.Load(w + 64), Vector512.Load(w + 80));
            WideOctet.Twist(ref r3, ref i3, Vector512.Load(w + 96), Vector512.Load(w + 112));
            StoreTurned(at, r0, r1, r2, r3);
            StoreTurned(at + Plane, i0, i1, i2, i3);
            ahead.Ask(line + (6 * k) + 2);
            ahead.Ask(line + (6 * k) + 4);
            Load(at + Four, out r0, out i0);
            Load(at + Four + Row, out r1, out i1);
            Load(at + Four + (2 * Row), out r2, out i2);
            Load(at + Four + (3 * Row), out r3, out i3);
            WideOctet.TwistConjugate(ref r0, ref i0, Vector512.Load(w + 128), Vector512.Load(w + 144));
            WideOctet.TwistConjugate(ref r1, ref i1, Vector512.Load(w + 160), Vector512.Load(w + 176));
            WideOctet.TwistConjugate(ref r2, ref i2, Vector512.Load(w + 192), Vector512.Load(w + 208));
            WideOctet.TwistConjugate(ref r3, ref i3, Vector512.Load(w + 224), Vector512.Load(w + 240));
            StoreTurned(at + Four, r0, r1, r2, r3);
            StoreTurned(at + Four + Plane, i0, i1, i2, i3);
        }
    }

    /// <summary>Transforms along 16 rows, 4 × 4: value n = 4 j + i of the rows, bins k + 64 m with m = 4 l + h; and their power.</summary>
    /// <param name="rows">The rows, turned.</param>
    /// <param name="w">The sixteenths.</param>
    /// <param name="up">Where the bin of the first row and m = 0 belongs; those of the next rows follow.</param>
    /// <param name="down">Where the last row's would with k = 1024 - k, those of the rows before it following.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* rows, float* w, float* up, float* down)
    {
        JoinQuarter(rows, out var ar0, out var ai0, out var ar1, out var ai1, out var ar2, out var ai2, out var ar3, out var ai3);
        JoinQuarter(rows + Row, out var br0, out var bi0, out var br1, out var bi1, out var br2, out var bi2, out var br3, out var bi3);
        WideOctet.Twist(ref br1, ref bi1, Vector512.Create(w[2]), Vector512.Create(w[3]));
        WideOctet.Twist(ref br2, ref bi2, Vector512.Create(w[4]), Vector512.Create(w[5]));
        WideOctet.Twist(ref br3, ref bi3, Vector512.Create(w[6]), Vector512.Create(w[7]));
        JoinQuarter(rows + (2 * Row), out var cr0, out var ci0, out var cr1, out var ci1, out var cr2, out var ci2, out var cr3, out var ci3);
        WideOctet.Twist(ref cr1, ref ci1, Vector512.Create(w[4]), Vector512.Create(w[5]));
        (cr2, ci2) = (ci2, -cr2);
        WideOctet.Twist(ref cr3, ref ci3, Vector512.Create(w[12]), Vector512.Create(w[13]));
        JoinQuarter(rows + (3 * Row), out var dr0, out var di0, out var dr1, out var di1, out var dr2, out var di2, out var dr3, out var di3);
        WideOctet.Twist(ref dr1, ref di1, Vector512.Create(w[6]), Vector512.Create(w[7]));
        WideOctet.Twist(ref dr2, ref di2, Vector512.Create(w[12]), Vector512.Create(w[13]));
        WideOctet.Twist(ref dr3, ref di3, Vector512.Create(w[18]), Vector512.Create(w[19]));
        StorePower(up, down, ar0, ai0, br0, bi0, cr0, ci0, dr0, di0);
        StorePower(up + 64, down - 64, ar1, ai1, br1, bi1, cr1, ci1, dr1, di1);
        StorePower(up + 128, down - 128, ar2, ai2, br2, bi2, cr2, ci2, dr2, di2);
        StorePower(up + 192, down - 192, ar3, ai3, br3, bi3, cr3, ci3, dr3, di3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(float* samples, float* weights, float* reals, float* others, nint step)
    {
        LoadPair(samples, weights, out var s0, out var d0);
        LoadPair(samples + Eight, weights + Eight, out var s1, out var d1);
        LoadPair(samples + (2 * Eight), weights + (2 * Eight), out var s2, out var d2);
        LoadPair(samples + (3 * Eight), weights + (3 * Eight), out var s3, out var d3);
        WideOctet.JoinReal(ref s0, ref s1, ref s2, ref s3, ref d0, ref d1, ref d2, ref d3);
        Vector512.Store(s0, reals);
        Vector512.Store(s2, reals + Four);
        Store(others + step, d0, d2);
        Store(others + (2 * step), s1, s3);
        Store(others + (3 * step), d1, d3);
    }

    /// <summary>Sum and difference of two rows half a window apart, under their weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadPair(float* samples, float* weights, out Lanes sum, out Lanes difference)
    {
        var upper = Vector512.Load(samples + Half) * Vector512.Load(weights + Half);
        var (lower, weight) = (Vector512.Load(samples), Vector512.Load(weights));
        sum = Avx512F.FusedMultiplyAdd(lower, weight, upper);
        difference = Avx512F.FusedMultiplySubtract(lower, weight, upper);
    }

    /// <summary>c = 1..3: rows c + 8d, and from d = 4 on those of the conjugates, backwards from 32 - c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void JoinComplex(float* low, float* high, float* w)
    {
        Load(low, out var r0, out var i0);
        Load(low + Eight, out var r1, out var i1);
        Load(low + (2 * Eight), out var r2, out var i2);
        Load(low + (3 * Eight), out var r3, out var i3);
        Load(high + (3 * Eight), out var r4, out var i4);
        Load(high + (2 * Eight), out var r5, out var i5);
        Load(high + Eight, out var r6, out var i6);
        Load(high, out var r7, out var i7);
        WideOctet.Twist(ref r1, ref i1, Vector512.Create(w[0]), Vector512.Create(w[1]));
        WideOctet.Twist(ref r2, ref i2, Vector512.Create(w[2]), Vector512.Create(w[3]));
        WideOctet.Twist(ref r3, ref i3, Vector512.Create(w[4]), Vector512.Create(w[5]));
        WideOctet.Twist(ref r4, ref i4, Vector512.Create(w[6]), Vector512.Create(w[7]));
        WideOctet.Twist(ref r5, ref i5, Vector512.Create(w[8]), Vector512.Create(w[9]));
        WideOctet.Twist(ref r6, ref i6, Vector512.Create(w[10]), Vector512.Create(w[11]));
        WideOctet.Twist(ref r7, ref i7, Vector512.Create(w[12]), Vector512.Create(w[13]));
        WideOctet.Join8(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3, ref r4, ref i4, ref r5, ref i5, ref r6, ref i6, ref r7, ref i7);
        Store(low, r0, i0);
        Store(low + Eight, r4, i4);
        Store(low + (2 * Eight), r1, i1);
        Store(low + (3 * Eight), r5, i5);
        Store(high + (3 * Eight), r2, i2);
        Store(high + (2 * Eight), r6, i6);
        Store(high + Eight, r3, i3);
        Store(high, r7, i7);
    }

    /// <summary>c = 0: rows 0, 8, 16, 24 and 32, of which the first and the last are real.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void JoinReal(float* rows)
    {
        Load(rows, out var s0, out var d0);
        Load(rows + Eight, out var s1, out var d1);
        Load(rows + (2 * Eight), out var s2, out var d2);
        Load(rows + (3 * Eight), out var s3, out var d3);
        (s0, d0) = (s0 + d0, s0 - d0);
        (s1, d1) = (s1 + d1, s1 - d1);
        (s2, d2) = (s2 + d2, s2 - d2);
        (s3, d3) = (s3 + d3, s3 - d3);
        WideOctet.JoinReal(ref s0, ref s1, ref s2, ref s3, ref d0, ref d1, ref d2, ref d3);
        Store(rows, s0, default);
        Store(rows + Eight, d0, d2);
        Store(rows + (2 * Eight), s1, s3);
        Store(rows + (3 * Eight), d1, d3);
        Vector512.Store(s2, rows + (2 * Plane));
    }

    /// <summary>
    /// c = 4: Σ u[b] exp(-2πi b(1 + 2d) / 16) of real rows, for d = 0, 2, 4, 6 a transform of four u[b] - i u[b + 4]; d = 4 and 6 are conjugates
    /// of 3 and 1. Row 4 stands among conjugates and so does 20, so they are made such.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void JoinHalves(float* rows, float* w)
    {
        Load(rows, out var r0, out var i0);
        Load(rows + Eight, out var r1, out var i1);
        Load(rows + (2 * Eight), out var r2, out var i2);
        Load(rows + (3 * Eight), out var r3, out var i3);
        i0 = -i0;
        WideOctet.TwistConjugate(ref r1, ref i1, Vector512.Create(w[2]), Vector512.Create(w[3]));
        WideOctet.TwistConjugate(ref r2, ref i2, Vector512.Create(w[4]), Vector512.Create(w[5]));
        WideOctet.TwistConjugate(ref r3, ref i3, Vector512.Create(w[6]), Vector512.Create(w[7]));
        WideOctet.Join4(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3);
        Store(rows, r0, -i0);
        Store(rows + (2 * Eight), r1, -i1);
        Store(rows + (3 * Eight), r2, i2);
        Store(rows + Eight, r3, i3);
    }

    /// <summary>Turns each square of 4 × 4 values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTurned(float* to, Lanes a, Lanes b, Lanes c, Lanes d)
    {
        var ab0 = Avx512F.UnpackLow(a, b).AsDouble();
        var ab1 = Avx512F.UnpackHigh(a, b).AsDouble();
        var cd0 = Avx512F.UnpackLow(c, d).AsDouble();
        var cd1 = Avx512F.UnpackHigh(c, d).AsDouble();
        Vector512.Store(Avx512F.UnpackLow(ab0, cd0).AsSingle(), to);
        Vector512.Store(Avx512F.UnpackHigh(ab0, cd0).AsSingle(), to + Row);
        Vector512.Store(Avx512F.UnpackLow(ab1, cd1).AsSingle(), to + (2 * Row));
        Vector512.Store(Avx512F.UnpackHigh(ab1, cd1).AsSingle(), to + (3 * Row));
    }

    /// <summary>The transform over j of values 4 j + i, whose quarters of registers are turned first: a lane for each of 16 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void JoinQuarter(
        float* rows, out Lanes r0, out Lanes i0, out Lanes r1, out Lanes i1, out Lanes r2, out Lanes i2, out Lanes r3, out Lanes i3)
    {
        LoadTurned(rows, out r0, out r1, out r2, out r3);
        LoadTurned(rows + Plane, out i0, out i1, out i2, out i3);
        WideOctet.Join4(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadTurned(float* rows, out Lanes a, out Lanes b, out Lanes c, out Lanes d)
    {
        var (q0, q1, q2, q3) = (Vector512.Load(rows), Vector512.Load(rows + Four), Vector512.Load(rows + (2 * Four)), Vector512.Load(rows + (3 * Four)));
        var low0 = Avx512F.Shuffle4x128(q0, q1, 0b01_00_01_00);
        var low1 = Avx512F.Shuffle4x128(q2, q3, 0b01_00_01_00);
        var high0 = Avx512F.Shuffle4x128(q0, q1, 0b11_10_11_10);
        var high1 = Avx512F.Shuffle4x128(q2, q3, 0b11_10_11_10);
        a = Avx512F.Shuffle4x128(low0, low1, 0b10_00_10_00);
        b = Avx512F.Shuffle4x128(low0, low1, 0b11_01_11_01);
        c = Avx512F.Shuffle4x128(high0, high1, 0b10_00_10_00);
        d = Avx512F.Shuffle4x128(high0, high1, 0b11_01_11_01);
    }

    /// <summary>The transform over i, and the power of m = h, h + 4 and, mirrored, h + 8 and h + 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePower(
        float* up, float* down, Lanes r0, Lanes i0, Lanes r1, Lanes i1, Lanes r2, Lanes i2, Lanes r3, Lanes i3)
    {
        WideOctet.Join4(ref r0, ref i0, ref r1, ref i1, ref r2, ref i2, ref r3, ref i3);
        Vector512.Store(WideOctet.Square(r0, i0), up);
        Vector512.Store(WideOctet.Square(r1, i1), up + 256);
        Vector512.Store(WideOctet.Backwards(WideOctet.Square(r2, i2)), down - 512);
        Vector512.Store(WideOctet.Backwards(WideOctet.Square(r3, i3)), down - 768);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* from, out Lanes real, out Lanes imaginary)
    {
        real = Vector512.Load(from);
        imaginary = Vector512.Load(from + Plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Lanes real, Lanes imaginary)
    {
        Vector512.Store(real, to);
        Vector512.Store(imaginary, to + Plane);
    }
}
