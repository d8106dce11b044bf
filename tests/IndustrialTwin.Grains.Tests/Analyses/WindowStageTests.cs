using CsCheck;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Analyses;

public class WindowStageTests
{
    [Fact]
    public void Overlapping_windows_are_asked_for_as_series_whose_positions_keep_their_values() =>
        Gen.Select(Gen.Int[2, 9], Gen.Int[1, 9], Gen.Select(Gen.Int[1, 20], Gen.Bool).Array[1, 15]).Sample((rows, stride, batches) =>
        {
            stride = Math.Min(stride, rows);
            var stage = AnalysisStage.Of(new WindowStatisticsAnalysis("s", "force", rows, stride, [Statistic.Rms]), rateHz: 1_000);
            var asked = new List<float[]>();
            var points = new List<long>();
            var known = new Dictionary<(Guid, long), float>();
            var stretches = new List<List<(long TimeUs, float Value)>> { new() };
            var (time, value) = (0L, 0f);
            foreach (var (count, isHole) in batches)
            {
                if (isHole)
                {
                    time += 100_000;
                    stretches.Add([]);
                }

                var (times, values) = (new List<long>(), new List<double>());
                for (var i = 0; i < count; i++)
                {
                    (time, value) = (time + 1_000, value + 1);
                    times.Add(time);
                    values.Add(value);
                    stretches[^1].Add((time, value));
                }

                stage.Add(0, new SampleColumn("force", [.. times], [.. values]));
                stage.Advance(0);
                while (stage.NextRequest() is { } request)
                {
                    var windows = Unfold(request, rows, stride, known);
                    asked.AddRange(windows);
                    points.AddRange(stage.Accept(new ComputeReply(ComputeOutcome.Done, new double[10 * windows.Count])).TimesUs);
                }
            }

            var expected = stretches.SelectMany(stretch => Enumerable.Range(0, stretch.Count)
                .Where(start => start % stride == 0 && start + rows <= stretch.Count).Select(start => stretch.GetRange(start, rows))).ToArray();
            Assert.Equal(expected.Select(window => window.Select(sample => sample.Value)), asked);
            Assert.Equal(expected.Select(window => window[^1].TimeUs), points);
        });

    private static List<float[]> Unfold(ComputeRequest request, int rows, int stride, Dictionary<(Guid Series, long At), float> known)
    {
        if (request is WindowStatisticsRequest plain)
        {
            Assert.Equal(rows, stride);
            return [.. plain.Windows.Chunk(rows)];
        }

        var sliding = Assert.IsType<SlidingStatisticsRequest>(request);
        Assert.Equal((rows, stride), (sliding.WindowRows, sliding.StrideRows));
        Assert.Equal(((sliding.Windows - 1) * stride) + rows, sliding.Samples.Length);
        for (var i = 0; i < sliding.Samples.Length; i++)
        {
            var at = (sliding.Series, sliding.End - sliding.Samples.Length + i);
            Assert.True(at.Item2 >= 0);
            known.TryAdd(at, sliding.Samples[i]);
            Assert.Equal(known[at], sliding.Samples[i]);
        }

        return [.. Enumerable.Range(0, sliding.Windows).Select(i => sliding.Samples[(i * stride)..((i * stride) + rows)])];
    }
}
