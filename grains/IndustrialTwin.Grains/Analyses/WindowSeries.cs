namespace IndustrialTwin.Analyses;

/// <summary>Windows of one series, each a stride after the one before, with what they share once.</summary>
/// <param name="Series">The series.</param>
/// <param name="End">Position after the last sample.</param>
/// <param name="Samples">All samples that the windows span.</param>
/// <param name="Windows">Windows.</param>
internal readonly record struct WindowSeries(Guid Series, long End, float[] Samples, int Windows)
{
    /// <summary>The windows one after the other, each with all its samples.</summary>
    public float[] Apart(int windowRows, int strideRows)
    {
        if (strideRows == windowRows)
        {
            return Samples;
        }

        var apart = new float[Windows * windowRows];
        for (var i = 0; i < Windows; i++)
        {
            Samples.AsSpan(i * strideRows, windowRows).CopyTo(apart.AsSpan(i * windowRows));
        }

        return apart;
    }
}
