namespace IndustrialTwin.Replay.Nab;

/// <summary>What a detector reached on one file at a threshold.</summary>
/// <param name="Raw">The file's raw score: at most the number of windows, minus their number times the weight of a miss for nothing at all.</param>
/// <param name="TruePositives">Detections in a window.</param>
/// <param name="TrueNegatives">Rows outside windows without one.</param>
/// <param name="FalsePositives">Detections outside windows.</param>
/// <param name="FalseNegatives">Rows in a window without one.</param>
internal sealed record NabFileScore(double Raw, int TruePositives, int TrueNegatives, int FalsePositives, int FalseNegatives);

/// <summary>What a detector reached on a corpus.</summary>
/// <param name="Profile">By which weights.</param>
/// <param name="Threshold">The threshold that is best for the corpus: a row whose score reaches it is a detection.</param>
/// <param name="Normalised">0 for a detector that never tells, 100 for a perfect one.</param>
internal sealed record NabScore(NabProfile Profile, double Threshold, double Normalised)
{
    /// <summary>Scores a corpus at the threshold that is best for it, as the benchmark does.</summary>
    /// <param name="profile">The weights.</param>
    /// <param name="files">Each file's rows, and an anomaly score a row.</param>
    public static NabScore Of(NabProfile profile, IReadOnlyList<(NabTimeline Timeline, double[] Scores)> files)
    {
        var points = new List<(double Score, double Value, int Window)>();
        var windows = 0;
        var misses = 0;
        foreach (var (timeline, scores) in files)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, timeline.Rows);
            for (var row = timeline.ProbationRows; row < scores.Length; row++)
            {
                points.Add((scores[row], timeline.ValueOf(row, profile), timeline.WindowOf(row) is >= 0 and var window ? windows + window : -1));
            }

            windows += timeline.Windows;
            misses += timeline.WindowsScored;
        }

        points.Sort((left, right) => right.Score.CompareTo(left.Score));
        var best = new double[windows];
        Array.Fill(best, -profile.FalseNegative);
        var raw = -profile.FalseNegative * misses;
        var (bestRaw, threshold) = (raw, double.PositiveInfinity);
        for (var i = 0; i < points.Count; i++)
        {
            var (score, value, window) = points[i];
            if (window < 0)
            {
                raw += value;
            }
            else if (value > best[window])
            {
                raw += value - best[window];
                best[window] = value;
            }

            if ((i + 1 == points.Count || points[i + 1].Score != score) && raw > bestRaw)
            {
                (bestRaw, threshold) = (raw, score);
            }
        }

        var none = -profile.FalseNegative * windows;
        return new NabScore(profile, threshold, 100 * (bestRaw - none) / ((profile.TruePositive * windows) - none));
    }

    /// <summary>Scores one file at a given threshold.</summary>
    public static NabFileScore OfFile(NabProfile profile, NabTimeline timeline, ReadOnlySpan<double> scores, double threshold)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, timeline.Rows);
        var best = new double[timeline.Windows];
        Array.Fill(best, -profile.FalseNegative);
        var (outside, tp, tn, fp, fn) = (0.0, 0, 0, 0, 0);
        for (var row = timeline.ProbationRows; row < scores.Length; row++)
        {
            var (window, detected) = (timeline.WindowOf(row), scores[row] >= threshold);
            if (window >= 0)
            {
                best[window] = detected ? Math.Max(best[window], timeline.ValueOf(row, profile)) : best[window];
                (tp, fn) = detected ? (tp + 1, fn) : (tp, fn + 1);
            }
            else
            {
                outside += detected ? timeline.ValueOf(row, profile) : 0;
                (fp, tn) = detected ? (fp + 1, tn) : (fp, tn + 1);
            }
        }

        return new NabFileScore(outside + best.Where((_, window) => timeline.IsScored(window)).Sum(), tp, tn, fp, fn);
    }

    /// <summary>A score as the benchmark's published result files hold it: 12 significant digits.</summary>
    public static double Rounded(double score) => double.Parse(
        score.ToString("G12", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
