using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>The definition, step by step: scale every value, then the covariance of the scaled values.</summary>
internal static class HotellingReference
{
    public static HotellingModel Fit(HotellingFitInput input)
    {
        var (m, n) = (input.Rows.Channels, input.Rows.Rows);
        var mean = new double[m];
        var scale = new double[m];
        for (var c = 0; c < m; c++)
        {
            for (var r = 0; r < n; r++)
                mean[c] += input.Rows.Row(r)[c] / n;
            var variance = 0.0;
            var isConstant = true;
            for (var r = 0; r < n; r++)
            {
                var d = input.Rows.Row(r)[c] - mean[c];
                variance += d * d / n;
                isConstant &= input.Rows.Row(r)[c] == input.Rows.Row(0)[c];
            }

            scale[c] = isConstant ? 1 : Math.Sqrt(variance);
            if (isConstant)
                mean[c] = input.Rows.Row(0)[c];
        }

        var covariance = new double[m * m];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < m; j++)
            {
                for (var r = 0; r < n; r++)
                {
                    var row = input.Rows.Row(r);
                    covariance[(i * m) + j] += (row[i] - mean[i]) / scale[i] * ((row[j] - mean[j]) / scale[j]) / (n - 1);
                }
            }
        }

        var inverse = SymmetricInverse.Of(covariance, m, out var rank);
        return new HotellingModel(mean, scale, inverse, n, rank, rank == 0 ? 0 : ControlLimit.Of(n, rank, input.Confidence));
    }

    public static double[] Score(HotellingScoreInput input)
    {
        var m = input.Rows.Channels;
        var model = input.Model;
        var scores = new double[input.Rows.Rows];
        for (var r = 0; r < scores.Length; r++)
        {
            var row = input.Rows.Row(r);
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < m; j++)
                {
                    scores[r] += (row[i] - model.Mean[i]) / model.Scale[i] * model.InverseCovariance[(i * m) + j]
                        * ((row[j] - model.Mean[j]) / model.Scale[j]);
                }
            }
        }

        return scores;
    }
}
