using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.MatrixProfiles;
using IndustrialTwin.Operations.Rolling;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations;

/// <summary>The cases of the kernel catalogue. Where a tolerance is not 1e-6, the reason stands beside it.</summary>
internal static class CatalogueCases
{
    public static OperationCase Of(string operation) => operation switch
    {
        "matrix-product" => new OperationCase<MatrixProductInput, float[]>(
            MatrixProduct.Instance,
            (rows, extent, seed) => Product(rows, extent, extent + 3, seed),
            result => [Doubles(result)]),
        "envelope-spectrum" => new OperationCase<EnvelopeInput, SpectrumResult>(
            EnvelopeSpectrum.Instance,
            (count, length, seed) => new EnvelopeInput(
                Signals.Windows(count, length, seed),
                new EnvelopeLayout(new SpectrumLayout(1_000, [new(0, 50), new(100, 400)]), new(120, 430))),
            result =>
            [
                .. result.Spectra.Chunk(result.Bins).Select(bins => Doubles(bins)),
                Doubles(result.BandEnergies),
            ]),
        "rolling-statistics" => new OperationCase<RollingInput, RollingResult>(
            RollingStatistics.Instance,
            (count, length, seed) => new RollingInput(Signals.Windows(count, length, seed, offset: 50), 2 + (length / 3)),
            result => [result.Mean, result.Variance, Doubles(result.Min), Doubles(result.Max)]),
        "exponential-statistics" => new OperationCase<ExponentialInput, ExponentialResult>(
            ExponentialStatistics.Instance,
            (count, length, seed) => new ExponentialInput(
                Signals.Windows(count, length, seed, offset: 50), 0.1, seed == 1 ? null : new ControlChart(50, 1.5, seed)),
            result => [result.Mean, result.Variance, result.HalfWidths, Array.ConvertAll(result.FirstOutside, x => (double)x)]),
        // Neighbours are not compared: two that are equally near differ in the last bits.
        "matrix-profile" => new OperationCase<MatrixProfileInput, MatrixProfileResult[]>(
            MatrixProfile.Instance,
            (count, length, seed) => new MatrixProfileInput(Signals.Windows(count, length, seed, offset: 50), 4 + (length / 16)),
            result => [.. result.Select(x => x.Distances)]),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "No such case."),
    };

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, x => (double)x);

    private static MatrixProductInput Product(int rows, int inner, int columns, int seed) => new(
        Signals.Floats(rows * inner, seed),
        Signals.Floats(inner * columns, seed + 100),
        rows,
        inner,
        columns,
        IsATransposed: inner % 2 == 0,
        IsBTransposed: rows == 7,
        Alpha: seed == 1 ? 1 : 0.5f,
        Beta: seed == 1 ? 0 : -2,
        C: seed == 1 ? default : Signals.Floats(rows * columns, seed + 200));
}
