namespace IndustrialTwin.Replay.Skab;

/// <summary>SKAB's outlier task: every row after the fitted ones is right or wrong, pooled over all experiments.</summary>
/// <param name="TruePositives">Anomalous rows told.</param>
/// <param name="TrueNegatives">Normal rows left alone.</param>
/// <param name="FalsePositives">Normal rows told.</param>
/// <param name="FalseNegatives">Anomalous rows missed.</param>
internal readonly record struct OutlierCounts(long TruePositives, long TrueNegatives, long FalsePositives, long FalseNegatives)
{
    /// <summary>TP / (TP + (FN + FP) / 2), 0..1; 0 where nothing was told or there was nothing to tell.</summary>
    public double F1 => TruePositives == 0 ? 0 : TruePositives / (TruePositives + ((FalseNegatives + FalsePositives) / 2.0));

    /// <summary>False alarm rate, percent of normal rows; NaN where there are none.</summary>
    public double FalseAlarmRate => 100.0 * FalsePositives / (FalsePositives + TrueNegatives);

    /// <summary>Missed alarm rate, percent of anomalous rows; NaN where there are none.</summary>
    public double MissedAlarmRate => 100.0 * FalseNegatives / (FalseNegatives + TruePositives);

    /// <summary>Counts one experiment; both spans have a value a row.</summary>
    public static OutlierCounts Of(ReadOnlySpan<bool> told, ReadOnlySpan<bool> isAnomaly)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(told.Length, isAnomaly.Length);
        var counts = default(OutlierCounts);
        for (var i = 0; i < told.Length; i++)
        {
            counts += (told[i], isAnomaly[i]) switch
            {
                (true, true) => new OutlierCounts(1, 0, 0, 0),
                (false, false) => new OutlierCounts(0, 1, 0, 0),
                (true, false) => new OutlierCounts(0, 0, 1, 0),
                (false, true) => new OutlierCounts(0, 0, 0, 1),
            };
        }

        return counts;
    }

    public static OutlierCounts operator +(OutlierCounts left, OutlierCounts right) => new(
        left.TruePositives + right.TruePositives,
        left.TrueNegatives + right.TrueNegatives,
        left.FalsePositives + right.FalsePositives,
        left.FalseNegatives + right.FalseNegatives);
}
