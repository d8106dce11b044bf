namespace IndustrialTwin.Analyses;

/// <summary>How the channels of rows are scaled: by mean and deviation of rows that were taken as normal.</summary>
/// <param name="Mean">A mean a channel, in its unit.</param>
/// <param name="Deviation">A population standard deviation a channel, in its unit; 1 where the channel did not move.</param>
[GenerateSerializer, Immutable, Alias("itwin.row-scaling")]
internal sealed record RowScaling([property: Id(0)] double[] Mean, [property: Id(1)] double[] Deviation)
{
    /// <summary>Deviations beyond which it does not matter how far: their squares and sums stay finite in single precision.</summary>
    private const double DeviationsMax = 1e6;

    public static RowScaling Of(ReadOnlySpan<double> rows, int channels)
    {
        var count = rows.Length / channels;
        var (mean, deviation) = (new double[channels], new double[channels]);
        for (var i = 0; i < rows.Length; i++)
        {
            mean[i % channels] += rows[i] / count;
        }

        for (var i = 0; i < rows.Length; i++)
        {
            var difference = rows[i] - mean[i % channels];
            deviation[i % channels] += difference * difference / count;
        }

        for (var channel = 0; channel < channels; channel++)
        {
            // What rounding leaves of a channel that does not move is no movement.
            var moved = Math.Sqrt(deviation[channel]);
            deviation[channel] = moved > 1e-12 * Math.Abs(mean[channel]) ? moved : 1;
        }

        return new RowScaling(mean, deviation);
    }

    /// <summary>Rows less the mean over the deviation, a million deviations at most.</summary>
    public float[] Scaled(ReadOnlySpan<double> rows)
    {
        var scaled = new float[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var channel = i % Mean.Length;
            scaled[i] = (float)Math.Clamp((rows[i] - Mean[channel]) / Deviation[channel], -DeviationsMax, DeviationsMax);
        }

        return scaled;
    }
}
