using IndustrialTwin.Operations.Hotelling;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>Hotelling's T² with MathNet's matrices.</summary>
internal sealed class HotellingLibrary(double[] rows, int channels, HotellingModel model)
{
    private readonly Matrix<double> _rows = Matrix<double>.Build.Dense(rows.Length / channels, channels, (r, c) => rows[(r * channels) + c]);
    private readonly Matrix<double> _inverse = Matrix<double>.Build.Dense(channels, channels, (r, c) => model.InverseCovariance[(r * channels) + c]);

    public double Fit()
    {
        var scaled = _rows.Clone();
        for (var c = 0; c < channels; c++)
        {
            var column = _rows.Column(c);
            var (mean, deviation) = column.MeanStandardDeviation();
            scaled.SetColumn(c, (column - mean) / deviation);
        }

        return (scaled.TransposeThisAndMultiply(scaled) / (_rows.RowCount - 1)).PseudoInverse()[0, 0];
    }

    public double Score()
    {
        var scaled = _rows.Clone();
        scaled.MapIndexedInplace((_, c, x) => (x - model.Mean[c]) / model.Scale[c]);
        return scaled.Multiply(_inverse).PointwiseMultiply(scaled).RowSums()[0];
    }
}
