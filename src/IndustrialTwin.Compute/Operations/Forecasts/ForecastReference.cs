namespace IndustrialTwin.Operations.Forecasts;

/// <summary>The definition in double: every window a row of a least-squares problem, solved by elimination; and plain sums.</summary>
internal static class ForecastReference
{
    public static ForecastModel Fit(ForecastFitInput input)
    {
        var (l, h) = (input.InputLength, input.Horizon);
        var windows = new List<double[]>();
        for (var s = 0; s < input.Series.Count; s++)
        {
            var series = input.Series.Window(s);
            for (var t = 0; t + l + h <= series.Length; t++)
            {
                var window = Array.ConvertAll(series.Slice(t, l + h).ToArray(), x => (double)x);
                var last = window[l - 1];
                windows.Add(input.IsLastSubtracted ? Array.ConvertAll(window, x => x - last) : window);
            }
        }

        var means = new double[l + h];
        for (var i = 0; i < means.Length; i++)
            means[i] = windows.Average(window => window[i]);
        // Rows of [covariance + ridge | right-hand sides].
        var rows = new double[l][];
        for (var i = 0; i < l; i++)
        {
            rows[i] = new double[l + h];
            foreach (var window in windows)
            {
                for (var j = 0; j < l + h; j++)
                    rows[i][j] += (window[i] - means[i]) * (window[j] - means[j]) / windows.Count;
            }

            rows[i][i] += input.Ridge;
        }

        Eliminate(rows);
        var (weights, bias) = (new float[l * h], new float[h]);
        for (var k = 0; k < h; k++)
        {
            var value = means[l + k];
            for (var i = 0; i < l; i++)
            {
                weights[(i * h) + k] = (float)rows[i][l + k];
                value -= rows[i][l + k] * means[i];
            }

            bias[k] = (float)value;
        }

        return new ForecastModel(l, h, input.IsLastSubtracted, weights, bias);
    }

    public static float[] Predict(ForecastInput input)
    {
        var model = input.Model;
        var forecasts = new float[input.Windows.Count * model.Horizon];
        for (var w = 0; w < input.Windows.Count; w++)
        {
            var window = input.Windows.Window(w);
            var last = model.IsLastSubtracted ? window[^1] : 0.0;
            for (var k = 0; k < model.Horizon; k++)
            {
                var sum = last + model.Bias[k];
                for (var i = 0; i < window.Length; i++)
                    sum += (window[i] - last) * model.Weights[(i * model.Horizon) + k];
                forecasts[(w * model.Horizon) + k] = (float)sum;
            }
        }

        return forecasts;
    }

    /// <summary>Gauss and Jordan with the largest pivot of each column.</summary>
    private static void Eliminate(double[][] rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var pivot = Enumerable.Range(i, rows.Length - i).MaxBy(r => Math.Abs(rows[r][i]));
            (rows[i], rows[pivot]) = (rows[pivot], rows[i]);
            var scale = rows[i][i];
            rows[i] = Array.ConvertAll(rows[i], x => x / scale);
            for (var r = 0; r < rows.Length; r++)
            {
                var factor = rows[r][i];
                for (var j = 0; j < rows[r].Length && r != i; j++)
                    rows[r][j] -= factor * rows[i][j];
            }
        }
    }
}
