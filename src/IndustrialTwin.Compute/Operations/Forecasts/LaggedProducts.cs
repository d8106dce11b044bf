using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.Forecasts;

/// <summary>
/// What every form reduces the series to: sums over all windows of the products of their samples. With L inputs and E = L + H samples in
/// a window, <see cref="Products"/> is L × E and its part from the diagonal on is used.
/// </summary>
internal sealed class LaggedProducts(ForecastFitInput input)
{
    private readonly int _inputs = input.InputLength;
    private readonly int _extent = input.InputLength + input.Horizon;

    /// <summary>Windows of one series.</summary>
    public int Windows { get; } = input.Series.Length - input.InputLength - input.Horizon + 1;

    public double[] Products { get; } = new double[input.InputLength * (input.InputLength + input.Horizon)];

    /// <summary>Mean of all samples: sums of products without it are of the size of the signal.</summary>
    public double Offset { get; } = OffsetOf(input.Series.Samples.Span);

    /// <summary>Solves for the model.</summary>
    public ForecastModel Solve()
    {
        var (l, h, e) = (_inputs, input.Horizon, _extent);
        var n = (double)Windows * input.Series.Count;
        var sums = Sums();
        var last = l - 1;
        var means = new double[e];
        for (var i = 0; i < e; i++)
            means[i] = (sums[i] - (input.IsLastSubtracted ? sums[last] : 0)) / n;
        var matrix = new double[l * l];
        var right = new double[l * h];
        for (var i = 0; i < l; i++)
        {
            for (var j = i; j < e; j++)
            {
                var product = At(i, j);
                if (input.IsLastSubtracted)
                    product += At(last, last) - At(i, last) - At(last, j);
                var covariance = (product / n) - (means[i] * means[j]);
                if (j < l)
                    matrix[(j * l) + i] = covariance + (i == j ? input.Ridge : 0);
                else
                    right[(i * h) + j - l] = covariance;
            }
        }

        if (!Cholesky.TrySolve(matrix, l, right, h))
            throw new ArithmeticException($"The normal equations of {l} inputs are not positive definite with Ridge = {input.Ridge}; a larger one is needed.");
        var bias = new float[h];
        for (var k = 0; k < h; k++)
        {
            var value = means[l + k];
            var weights = 0.0;
            for (var i = 0; i < l; i++)
            {
                value -= right[(i * h) + k] * means[i];
                weights += right[(i * h) + k];
            }

            // Samples had the offset taken off; with the last one subtracted it never counted.
            bias[k] = (float)(value + (input.IsLastSubtracted ? 0 : Offset * (1 - weights)));
        }

        return new ForecastModel(l, h, input.IsLastSubtracted, Array.ConvertAll(right, x => (float)x), bias);
    }

    private double At(int i, int j) => i <= j ? Products[(i * _extent) + j] : Products[(j * _extent) + i];

    /// <summary>Sums of the samples at each place of the windows.</summary>
    private double[] Sums()
    {
        var sums = new double[_extent];
        for (var s = 0; s < input.Series.Count; s++)
        {
            var series = input.Series.Window(s);
            var sum = 0.0;
            for (var t = 0; t < Windows; t++)
                sum += series[t] - Offset;
            for (var i = 0; i < _extent; i++)
            {
                sums[i] += sum;
                if (i + 1 < _extent)
                    sum += (double)series[Windows + i] - series[i];
            }
        }

        return sums;
    }

    private static double OffsetOf(ReadOnlySpan<float> samples)
    {
        var sum = 0.0;
        foreach (var x in samples)
            sum += x;
        return sum / samples.Length;
    }
}
