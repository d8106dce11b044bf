using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>forecast-fit</c> and <c>forecast</c>.</summary>
internal static class Forecasting
{
    private const int ExtentMax = 1_024;

    public static LaunchResult Fit(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, series, length) = inputs.Float32Matrix("samples");
        var l = (int)inputs.Int64("input-length", 1, ExtentMax);
        var h = (int)inputs.Int64("horizon", 1, ExtentMax);
        var ridge = inputs.Float64("ridge");
        var isLastSubtracted = inputs.Int64("is-last-subtracted", 0, 1) == 1;
        inputs.End();
        inputs.Expect(series > 0 && length > l + h, $"samples is {series} × {length}; expected more than {l} + {h} long");
        inputs.Expect(ridge > 0 && double.IsFinite(ridge), $"ridge is {ridge}; expected above 0");
        var count = series * (length - l - h + 1);
        var means = new double[l + h];
        var products = new double[l, l + h];
        for (var pass = 0; pass < 2; pass++)
        {
            for (var w = 0; w < count; w++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var at = (w / (count / series) * length) + (w % (count / series));
                double last = isLastSubtracted ? samples[at + l - 1] : 0;
                for (var j = 0; j < l + h; j++)
                {
                    if (pass == 0)
                        means[j] += (samples[at + j] - last) / count;
                    for (var i = 0; i < l && pass == 1; i++)
                        products[i, j] += (samples[at + i] - last - means[i]) * (samples[at + j] - last - means[j]) / count;
                }
            }
        }

        for (var i = 0; i < l; i++)
            products[i, i] += ridge;
        Eliminate(products, l, l + h, cancellationToken);
        var (weights, bias) = (new float[l * h], new float[h]);
        for (var k = 0; k < h; k++)
        {
            var value = means[l + k];
            for (var i = 0; i < l; i++)
            {
                weights[(i * h) + k] = (float)products[i, l + k];
                value -= products[i, l + k] * means[i];
            }

            bias[k] = (float)value;
        }

        return new LaunchResult { Outputs = { Inputs.Output("weights", weights, l, h), Inputs.Output("bias", bias, h) } };
    }

    public static LaunchResult Predict(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, windows, l) = inputs.Float32Matrix("samples");
        var (weights, rows, h) = inputs.Float32Matrix("weights");
        var (bias, biases) = inputs.Float32("bias", 1);
        var isLastSubtracted = inputs.Int64("is-last-subtracted", 0, 1) == 1;
        inputs.End();
        inputs.Expect(windows > 0 && l > 0 && rows == l && biases[0] == h, $"samples is {windows} × {l}, weights {rows} × {h}, bias {biases[0]}");
        var forecasts = new float[windows * h];
        for (var w = 0; w < windows; w++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double last = isLastSubtracted ? samples[((w + 1) * l) - 1] : 0;
            for (var k = 0; k < h; k++)
            {
                var sum = last + bias[k];
                for (var i = 0; i < l; i++)
                    sum += (samples[(w * l) + i] - last) * weights[(i * h) + k];
                forecasts[(w * h) + k] = (float)sum;
            }
        }

        return new LaunchResult { Outputs = { Inputs.Output("forecasts", forecasts, windows, h) } };
    }

    /// <summary>Gauss and Jordan, without a search for pivots: the matrix is positive definite.</summary>
    private static void Eliminate(double[,] rows, int count, int columns, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pivot = rows[i, i];
            for (var j = i; j < columns; j++)
                rows[i, j] /= pivot;
            for (var r = 0; r < count; r++)
            {
                var factor = rows[r, i];
                for (var j = i; j < columns && r != i; j++)
                    rows[r, j] -= factor * rows[i, j];
            }
        }
    }
}
