namespace IndustrialTwin.Replay.Skab;

/// <summary>
/// SKAB's changepoint task with what it calls NAB: a row where the prediction flips is a predicted changepoint; each true one has a
/// window of 60 s after it, whose first prediction counts by how early it is. Not Numenta's scoring, in spite of the name.
/// </summary>
/// <param name="Changepoints">True changepoints.</param>
/// <param name="Missed">Those without a prediction in their window.</param>
/// <param name="FalsePositives">Predictions in no window.</param>
/// <param name="Earliness">For each true changepoint found, where in its window the prediction lies: 0 at its start, 1 at its end.</param>
internal sealed record ChangepointScore(int Changepoints, int Missed, int FalsePositives, double[] Earliness)
{
    private const long WindowUs = 60_000_000;
    private const int Steps = 1000;

    public static ChangepointScore None { get; } = new(0, 0, 0, []);

    /// <summary>The profile that weighs all errors alike.</summary>
    public double Standard => Of(1, -0.11, -1);

    /// <summary>The profile that minds false positives more.</summary>
    public double LowFalsePositives => Of(1, -0.22, -1);

    /// <summary>The profile that minds misses more.</summary>
    public double LowFalseNegatives => Of(1, -0.11, -2);

    /// <summary>Scores one experiment: a time, a prediction and a label a row.</summary>
    public static ChangepointScore Of(ReadOnlySpan<long> timesUs, ReadOnlySpan<bool> told, ReadOnlySpan<bool> isChangepoint)
    {
        var (windows, predicted) = (new List<(long From, long To)>(), new List<long>());
        var before = false;
        for (var i = 0; i < timesUs.Length; i++)
        {
            if (told[i] != before)
            {
                predicted.Add(timesUs[i]);
                before = told[i];
            }

            if (isChangepoint[i])
            {
                var from = windows.Count > 0 ? Math.Max(timesUs[i], windows[^1].To) : timesUs[i];
                windows.Add((from, timesUs[i] + WindowUs));
            }
        }

        double[] earliness =
        [
            .. from window in windows
               let at = predicted.FindIndex(time => time >= window.From && time <= window.To)
               where at >= 0
               select (double)(predicted[at] - window.From) / (window.To - window.From),
        ];
        return new ChangepointScore(
            windows.Count,
            windows.Count - earliness.Length,
            predicted.Count(time => !windows.Exists(window => time >= window.From && time <= window.To)),
            earliness);
    }

    public static ChangepointScore operator +(ChangepointScore left, ChangepointScore right) => new(
        left.Changepoints + right.Changepoints,
        left.Missed + right.Missed,
        left.FalsePositives + right.FalsePositives,
        [.. left.Earliness, .. right.Earliness]);

    private double Of(double truePositive, double falsePositive, double missed)
    {
        var score = (Missed * missed) + (FalsePositives * falsePositive);
        foreach (var earliness in Earliness)
        {
            var x = (-Math.PI / 2) + (Math.Min((int)(earliness * Steps), Steps - 1) * Math.PI / (Steps - 1));
            score += ((truePositive - falsePositive) / 2 * -Math.Tanh(x) / Math.Tanh(Math.PI / 2)) + ((truePositive + falsePositive) / 2);
        }

        var (none, perfect) = (missed * Changepoints, truePositive * Changepoints);
        return 100 * (score - none) / (perfect - none);
    }
}
