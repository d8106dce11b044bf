using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// The transform of 1,024 samples on registers of 512 bits, as 64 rows of 16 samples. X[k + 64 m] = Σ exp(-2πi mn / 16) exp(-2πi kn / 1024)
/// Y[k][n], where Y[k] is the transform down column n of the rows. Columns are real, so Y[64 - k] is the conjugate of Y[k] and 33 of the
/// rows do; nothing has to be parted afterwards. From k = 0..31 come bins k + 64 m, and 1024 - k - 64 m for those above the middle.
/// </summary>
internal sealed unsafe class RealTransform1024 : RealTransform
{
    /// <summary>Samples in a window.</summary>
    public const int WindowLength = 1_024;

    private const int Row = RowPasses.Row;
    private const int Plane = RowPasses.Plane;

    // The weights with the root of the scale in them, so that the squares come out right.
    private readonly AlignedFloats _weights = new(WindowLength);

    // Real parts of rows 0..31, their imaginary parts, and row 32, which is real.
    private readonly AlignedFloats _rows = new((2 * Plane) + Row);

    private readonly AlignedFloats _downTwiddles = new(3 * RowPasses.DownTwiddles);
    private readonly AlignedFloats _rowTwiddles = new(2 * Plane);
    private readonly AlignedFloats _sixteenths = new(2 * 10);
    private readonly AlignedFloats _middleTwiddles = new(Row * Row);

    public RealTransform1024()
        : base(WindowLength)
    {
        var root = Math.Sqrt(Scale);
        for (var i = 0; i < WindowLength; i++)
            _weights.Span[i] = (float)(root * HannWindow.At(i, WindowLength));
        for (var c = 1; c <= 3; c++)
        {
            for (var b = 1; b < 8; b++)
                Twiddle(_downTwiddles, (RowPasses.DownTwiddles * (c - 1)) + (2 * (b - 1)), 1, c * b, 64);
        }

        for (var j = 0; j < 10; j++)
            Twiddle(_sixteenths, 2 * j, 1, j, 16);
        for (var n = 0; n < Row; n++)
        {
            for (var k = 0; k < Plane / Row; k++)
                Twiddle(_rowTwiddles, (2 * Row * k) + n, Row, k * n, WindowLength);
            for (var m = 0; m < Row / 2; m++)
                Twiddle(_middleTwiddles, (Row * n) + m, Row / 2, n * (1 + (2 * m)), 2 * Row);
        }
    }

    /// <summary>Whether this processor can run it.</summary>
    public static bool IsSupported => WidePasses.IsSupported;

    public override void Power(ReadOnlySpan<float> window, Span<float> power, bool isNew = false)
    {
        fixed (float* samples = window[..WindowLength], bins = power[..(Half + 1)])
        {
            var ahead = new Ahead(samples + WindowLength, isNew ? bins + Half + 1 : bins);
            RowPasses.First(samples, _weights.Pointer, _rows.Pointer, ahead);
            RowPasses.Second(_rows.Pointer, _downTwiddles.Pointer, _sixteenths.Pointer, ahead);
            RowPasses.Third(_rows.Pointer, _rowTwiddles.Pointer, _sixteenths.Pointer, bins, ahead);
            Middle(bins);
            bins[0] *= 0.5f;
            bins[Half] *= 0.5f;
        }
    }

    private static void Twiddle(AlignedFloats table, int at, int apart, int part, int whole)
    {
        var (sin, cos) = Math.SinCos(-2 * Math.PI * part / whole);
        table.Span[at] = (float)cos;
        table.Span[at + apart] = (float)sin;
    }

    /// <summary>Bins 32 + 64 m, the sums over row 32. A register holds the real parts of all eight and their imaginary parts.</summary>
    private void Middle(float* bins)
    {
        var row = _rows.Pointer + (2 * Plane);
        var w = _middleTwiddles.Pointer;
        Vector512<float> a = default, b = default, c = default, d = default;
        for (nint n = 0; n < Row; n += 4, w += 4 * Row)
        {
            a = Avx512F.FusedMultiplyAdd(Vector512.Create(row[n]), Vector512.Load(w), a);
            b = Avx512F.FusedMultiplyAdd(Vector512.Create(row[n + 1]), Vector512.Load(w + Row), b);
            c = Avx512F.FusedMultiplyAdd(Vector512.Create(row[n + 2]), Vector512.Load(w + (2 * Row)), c);
            d = Avx512F.FusedMultiplyAdd(Vector512.Create(row[n + 3]), Vector512.Load(w + (3 * Row)), d);
        }

        var sum = a + b + (c + d);
        sum *= sum;
        var power = sum.GetLower() + sum.GetUpper();
        for (var m = 0; m < Row / 2; m++)
            bins[32 + (64 * m)] = power[m];
    }
}
