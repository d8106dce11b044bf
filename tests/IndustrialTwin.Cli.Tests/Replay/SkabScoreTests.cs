using CsCheck;
using IndustrialTwin.Replay.Skab;
using Xunit;

namespace IndustrialTwin.Replay;

/// <summary>By hand and by a plain oracle; that the published per-file figures come out is what <see cref="ReplayTests"/> asserts.</summary>
public sealed class SkabScoreTests
{
    [Fact]
    public void Outliers_are_counted_row_by_row()
    {
        var counts = OutlierCounts.Of([true, true, false, false, true], [true, false, false, true, true]);
        Assert.Equal(new OutlierCounts(2, 1, 1, 1), counts);
        Assert.Equal(2 / 3.0, counts.F1, 1e-12);
        Assert.Equal(50, counts.FalseAlarmRate);
        Assert.Equal(100 / 3.0, counts.MissedAlarmRate, 1e-12);
        Assert.Equal(0, default(OutlierCounts).F1);
    }

    [Fact]
    public void Perfect_changepoints_score_100_and_none_score_0()
    {
        long[] times = [.. Enumerable.Range(0, 300).Select(second => second * 1_000_000L)];
        var labels = new bool[300];
        (labels[100], labels[200]) = (true, true);
        bool[] told = [.. Enumerable.Range(0, 300).Select(second => second is >= 100 and < 200)];
        var perfect = ChangepointScore.Of(times, told, labels);
        Assert.Equal((2, 0, 0), (perfect.Changepoints, perfect.Missed, perfect.FalsePositives));
        Assert.Equal(100, perfect.Standard, 1e-9);
        var silent = ChangepointScore.Of(times, new bool[300], labels);
        Assert.Equal((0.0, 0.0, 0.0), (silent.Standard, silent.LowFalsePositives, silent.LowFalseNegatives));
        Assert.Equal(2, silent.Missed);
    }

    [Fact]
    public void A_late_prediction_is_worth_less_and_one_outside_costs()
    {
        long[] times = [.. Enumerable.Range(0, 400).Select(second => second * 1_000_000L)];
        var labels = new bool[400];
        labels[100] = true;
        double Score(int first, int last) => ChangepointScore.Of(times, [.. times.Select((_, second) => second >= first && second < last)], labels).Standard;
        Assert.True(Score(100, 400) > Score(130, 400));
        Assert.True(Score(130, 400) > Score(159, 400));
        Assert.True(Score(159, 400) > Score(161, 400));
        Assert.Equal(100 * (-0.11 / 2), Score(161, 400), 1e-9);
        Assert.True(Score(100, 150) > Score(100, 170)); // The flip back is in the window, or a false alarm.
    }

    [Fact]
    public void Every_changepoint_is_found_or_missed_and_windows_cut_each_other() =>
        Gen.Select(Gen.Bool.Array[1, 300], Gen.Int[0, 30].Array[0, 12]).Sample((told, steps) =>
        {
            long[] times = [.. Enumerable.Range(0, told.Length).Select(second => second * 1_000_000L)];
            var labels = new bool[told.Length];
            var at = 0;
            foreach (var step in steps)
            {
                at += step;
                if (at < labels.Length)
                {
                    labels[at] = true;
                }
            }

            var score = ChangepointScore.Of(times, told, labels);
            int[] changepoints = [.. Enumerable.Range(0, told.Length).Where(second => labels[second])];
            int[] predicted = [.. Enumerable.Range(0, told.Length).Where(second => told[second] != (second > 0 && told[second - 1]))];
            int[] outside = [.. predicted.Where(second => !changepoints.Any(changepoint => second >= changepoint && second <= changepoint + 60))];
            Assert.Equal(changepoints.Length, score.Changepoints);
            Assert.Equal(changepoints.Length, score.Missed + score.Earliness.Length);
            Assert.Equal(outside.Length, score.FalsePositives);
            Assert.All(score.Earliness, early => Assert.InRange(early, 0, 1));
        }, iter: 500);
}
