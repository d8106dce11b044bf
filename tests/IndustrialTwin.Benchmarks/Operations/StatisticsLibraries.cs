using System.Numerics.Tensors;
using MathNet.Numerics.Statistics;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>Least, greatest, mean, deviation, RMS, skewness and kurtosis by libraries.</summary>
internal sealed class StatisticsLibraries(float[] windows, int length)
{
    private readonly float[] _deviations = new float[length];
    private readonly float[] _squares = new float[length];
    private readonly double[][] _rows = [.. windows.Chunk(length).Select(window => Array.ConvertAll(window, x => (double)x))];

    /// <summary>Vectorised, but with 32-bit sums: an offset far above the signal costs it digits.</summary>
    public double Tensors()
    {
        var kept = 0.0;
        for (var at = 0; at < windows.Length; at += length)
        {
            var window = windows.AsSpan(at, length);
            var mean = TensorPrimitives.Sum<float>(window) / length;
            TensorPrimitives.Subtract(window, mean, _deviations);
            TensorPrimitives.Multiply<float>(_deviations, _deviations, _squares);
            var m2 = TensorPrimitives.Sum<float>(_squares) / length;
            var m3 = TensorPrimitives.Dot<float>(_squares, _deviations) / length;
            var m4 = TensorPrimitives.Dot<float>(_squares, _squares) / length;
            var (least, most) = (TensorPrimitives.Min<float>(window), TensorPrimitives.Max<float>(window));
            kept += least + most + Math.Sqrt((mean * mean) + m2) + (m3 / Math.Pow(m2, 1.5)) + (m4 / (m2 * m2));
        }

        return kept;
    }

    public double MathNet()
    {
        var kept = 0.0;
        foreach (var row in _rows)
        {
            var statistics = new DescriptiveStatistics(row);
            kept += statistics.Mean + statistics.StandardDeviation + statistics.Skewness + statistics.Kurtosis + statistics.Minimum + statistics.Maximum
                + row.RootMeanSquare();
        }

        return kept;
    }
}
