using System.Globalization;
using System.Text.Json;
using CsCheck;
using IndustrialTwin.Replay.Nab;
using Xunit;

namespace IndustrialTwin.Replay;

public sealed class NabScoreTests
{
    /// <summary>Beyond so many deviations a windowed-Gaussian score is 1 when rounded to 12 significant digits: erfc(z / √2) / 2 = 5e-13.</summary>
    private const double DeviationsOfOne = 7.130506848171325;

    /// <summary>
    /// The benchmark's published thresholds of windowedGaussian are all 1.0, so a plain detector in a few lines stands in for the
    /// published score files: the scorer must give each published per-file score.
    /// </summary>
    [Fact]
    public void Published_scores_per_file_come_out()
    {
        var folder = DataSets.Folder("nab/dev");
        var windows = JsonSerializer.Deserialize<Dictionary<string, string[][]>>(File.ReadAllText(Path.Combine(folder, "labels/combined_windows.json")))!;
        var published = Rows(folder, "per_file_scores_dev.csv").ToLookup(row => row[1]);
        var files = published["standard"].Select(row => row[2]).ToDictionary(name => name, name =>
        {
            var file = RecordedFile.Read(Path.Combine(folder, "data", name), ',');
            return (
                Timeline: new NabTimeline(file.TimesUs, [.. windows[name].Select(window => (RecordedFile.TimeUs(window[0])!.Value, RecordedFile.TimeUs(window[1])!.Value))]),
                Detections: Detections(file.Columns[0]));
        });
        Assert.Equal(37, files.Count);
        foreach (var (profile, its) in NabProfile.All.Zip(["standard", "reward_low_FP_rate", "reward_low_FN_rate"]))
        {
            var raw = 0.0;
            foreach (var row in published[its])
            {
                var score = NabScore.OfFile(profile, files[row[2]].Timeline, files[row[2]].Detections, 1);
                Assert.True(
                    Math.Abs(double.Parse(row[4], CultureInfo.InvariantCulture) - score.Raw) < 1e-9
                    && (string[])[$"{score.TruePositives}", $"{score.TrueNegatives}", $"{score.FalsePositives}", $"{score.FalseNegatives}"] is var counts
                    && counts.AsSpan().SequenceEqual(row.AsSpan(5)),
                    $"{string.Join(',', row)}: {score}");
                raw += score.Raw;
            }

            // The same re-normalised over these files, as the data set's leaderboard has it.
            var count = files.Values.Sum(file => file.Timeline.Windows);
            var leader = Assert.Single(Rows(folder, "leaderboard_dev.csv"), row => row[1] == its);
            Assert.Equal(
                double.Parse(leader[3], CultureInfo.InvariantCulture), 100 * (raw + (profile.FalseNegative * count)) / (count * (1 + profile.FalseNegative)), 0.005);
        }
    }

    [Fact]
    public void Nothing_told_is_0_and_a_perfect_detector_is_100()
    {
        var timeline = new NabTimeline([.. Enumerable.Range(0, 1000).Select(i => (long)i)], [(300, 399), (700, 749)]);
        var perfect = new double[1000];
        (perfect[300], perfect[700]) = (1, 1);
        Assert.All(NabProfile.All, profile =>
        {
            Assert.Equal(100, NabScore.Of(profile, [(timeline, perfect)]).Normalised, 1e-9);
            Assert.Equal(0, NabScore.Of(profile, [(timeline, new double[1000])]).Normalised);
            Assert.Equal(1, NabScore.Of(profile, [(timeline, perfect)]).Threshold);
        });
    }

    [Fact]
    public void The_best_threshold_is_the_best_of_all_thresholds()
    {
        var corpus = Gen.Select(
            Gen.Int[0, 6].Array[40, 200],
            Gen.Int[0, 20],
            Gen.Int[0, 15]).Select((scores, at, width) => (Scores: scores.Select(score => score / 6.0).ToArray(), First: (scores.Length / 5) + at, Width: width)).Array[1, 3];
        corpus.Sample(files =>
        {
            var read = files.Select(file =>
            {
                long[] times = [.. Enumerable.Range(0, file.Scores.Length).Select(i => (long)i)];
                long last = Math.Min(file.Scores.Length - 1, file.First + file.Width);
                return (Timeline: new NabTimeline(times, [(Math.Min(file.First, last), last)]), file.Scores);
            }).ToArray();
            foreach (var profile in NabProfile.All)
            {
                var windows = read.Sum(file => file.Timeline.Windows);
                var best = Enumerable.Range(0, 8).Select(i => i / 6.0).Max(threshold => read.Sum(file => NabScore.OfFile(profile, file.Timeline, file.Scores, threshold).Raw));
                var normalised = 100 * (best + (profile.FalseNegative * windows)) / (windows * (profile.TruePositive + profile.FalseNegative));
                Assert.Equal(normalised, NabScore.Of(profile, read).Normalised, 1e-9);
            }
        }, iter: 200);
    }

    [Fact]
    public void A_window_that_no_row_begins_is_told() =>
        Assert.Contains("Window 1", Assert.Throws<ArgumentException>(() => new NabTimeline([10, 20, 30], [(15, 30)])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0.9999999999994, 0.999999999999)]
    [InlineData(0.9999999999996, 1)]
    [InlineData(0.5, 0.5)]
    public void Rounding_keeps_12_significant_digits(double score, double rounded) => Assert.Equal(rounded, NabScore.Rounded(score));

    private static string[][] Rows(string folder, string file) =>
        [.. File.ReadLines(Path.Combine(folder, "published", file)).Select(line => line.Split(',')).Where(row => row[0] == "windowedGaussian")];

    /// <summary>The benchmark's windowedGaussian with its window of 6,400 and step of 100: 1 where its rounded score is 1, else 0.</summary>
    private static double[] Detections(double[] values)
    {
        var (scores, window) = (new double[values.Length], new Queue<double>());
        var (mean, squares, deviation, waiting) = (0.0, 0.0, 1.0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            scores[i] = i > 0 && Math.Abs(values[i] - mean) / deviation >= DeviationsOfOne ? 1 : 0;
            window.Enqueue(values[i]);
            if (window.Count <= 6400)
            {
                var before = values[i] - mean;
                mean += before / window.Count;
                squares += before * (values[i] - mean);
            }
            else if (++waiting == 100)
            {
                for (; waiting > 0; waiting--)
                {
                    window.Dequeue();
                }

                mean = window.Average();
                squares = window.Sum(value => (value - mean) * (value - mean));
            }
            else
            {
                continue;
            }

            deviation = squares == 0 ? 1e-6 : Math.Sqrt(squares / window.Count);
        }

        return scores;
    }
}
