using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>hotelling-fit</c> and <c>hotelling-score</c>.</summary>
internal static class Hotelling
{
    private const int ChannelsMax = 128;

    public static LaunchResult Fit(Inputs inputs, CancellationToken cancellationToken)
    {
        var (rows, n, m) = inputs.Float64Matrix("rows");
        var confidence = inputs.Float64("confidence");
        inputs.End();
        inputs.Expect(m is > 0 and <= ChannelsMax && n > Math.Max(m, 2), $"rows is {n} × {m}; expected more rows than channels, at most {ChannelsMax}");
        inputs.Expect(confidence is > 0 and < 1, $"confidence is {confidence}");
        double[] mean = new double[m], scale = new double[m];
        for (var c = 0; c < m; c++)
        {
            var isConstant = true;
            for (var r = 0; r < n; r++)
            {
                mean[c] += rows[(r * m) + c] / n;
                isConstant &= rows[(r * m) + c] == rows[c];
            }

            for (var r = 0; r < n; r++)
                scale[c] += Math.Pow(rows[(r * m) + c] - mean[c], 2) / n;
            (mean[c], scale[c]) = isConstant ? (rows[c], 1) : (mean[c], Math.Sqrt(scale[c]));
        }

        var covariance = new double[m, m];
        for (var r = 0; r < n; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < m; j++)
                    covariance[i, j] += (rows[(r * m) + i] - mean[i]) / scale[i] * ((rows[(r * m) + j] - mean[j]) / scale[j]) / (n - 1);
            }
        }

        var (inverse, rank) = PseudoInverse.Of(covariance, cancellationToken);
        double[] limit = [rank == 0 ? 0 : ControlLimit.Of(n, rank, confidence)];
        return new LaunchResult
        {
            Outputs =
            {
                Inputs.Output("mean", mean, m),
                Inputs.Output("scale", scale, m),
                Inputs.Output("inverse-covariance", inverse, m, m),
                Inputs.Output("rank", rank),
                Inputs.Output("upper-control-limit", limit),
            },
        };
    }

    public static LaunchResult Score(Inputs inputs, CancellationToken cancellationToken)
    {
        var (rows, n, m) = inputs.Float64Matrix("rows");
        var (mean, scale) = (inputs.Float64Vector("mean"), inputs.Float64Vector("scale"));
        var (inverse, height, width) = inputs.Float64Matrix("inverse-covariance");
        inputs.End();
        inputs.Expect(n > 0 && m is > 0 and <= ChannelsMax, $"rows is {n} × {m}");
        inputs.Expect(
            mean.Length == m && scale.Length == m && height == m && width == m,
            $"rows has {m} channels, mean {mean.Length}, scale {scale.Length}, inverse-covariance {height} × {width}");
        var scores = new double[n];
        var z = new double[m];
        for (var r = 0; r < n; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < m; i++)
                z[i] = (rows[(r * m) + i] - mean[i]) / scale[i];
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < m; j++)
                    scores[r] += z[i] * inverse[(i * m) + j] * z[j];
            }
        }

        return new LaunchResult { Outputs = { Inputs.Output("scores", scores, n) } };
    }
}
