using CsCheck;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Statistics;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Controls;

/// <summary>A control loop's window that its device keeps: whatever is dropped on the way, what is computed is of the newest samples.</summary>
public class ResidentWindowTests
{
    [Fact]
    public async Task A_kept_window_gives_what_a_whole_one_gives()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { ResidentBytesMax = 2_048 });
        await Gen.Select(Gen.Int[1, 40], Gen.Select(Gen.Int[1, 30], Gen.Int[0, 5], Gen.Bool).Array[1, 30]).SampleAsync(
            async (rows, batches) =>
            {
                var window = new NewestWindow(rows);
                var all = new List<double>();
                var samples = new float[rows];
                foreach (var (count, fate, isForgotten) in batches)
                {
                    var values = Enumerable.Range(all.Count, count).Select(i => Math.Sin(i * i)).ToArray();
                    window.Add(new SampleColumn("force", [.. Enumerable.Range(all.Count, count).Select(i => (long)i)], values));
                    all.AddRange(values);
                    if (!window.IsFull)
                    {
                        continue;
                    }

                    var asked = window.Ask(samples.AsMemory(0, window.Fresh));
                    if (fate == 0)
                    {
                        continue; // A job that is dropped at its deadline has brought nothing.
                    }

                    var answer = (await device.RunAsync(SlidingStatistics.Instance, asked)).Result;
                    if (answer.IsMissing)
                    {
                        answer = (await device.RunAsync(SlidingStatistics.Instance, window.Ask(samples))).Result;
                    }

                    Assert.True(answer.TryGetValue(out var summaries));
                    window.IsHeld = answer.IsHeld && !isForgotten;
                    var expected = WindowStatistics.Instance.Reference(new WindowBatch(all.TakeLast(rows).Select(value => (float)value).ToArray(), rows))[0];
                    Assert.Equal(expected.Mean, summaries[0].Mean, 9);
                    Assert.Equal(expected.Max, summaries[0].Max);
                }
            },
            iter: 100,
            threads: 1);
        Assert.True(device.Status.Resident is { Hits: > 0, Misses: > 0, Loads: > 0, Evictions: > 0 });
    }

    [Fact]
    public async Task A_loop_of_a_sample_a_message_moves_a_sample_a_decision()
    {
        const int Rows = 200;
        const int Decisions = 300;
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var window = new NewestWindow(Rows);
        var samples = new float[Rows];
        for (var i = 0; i < Rows + Decisions; i++)
        {
            window.Add(new SampleColumn("force", [i], [i]));
            if (window.IsFull)
            {
                var answer = (await device.RunAsync(SlidingStatistics.Instance, window.Ask(samples.AsMemory(0, window.Fresh)))).Result;
                window.IsHeld = answer.IsHeld;
                Assert.True(answer.TryGetValue(out var summaries));
                Assert.Equal(i, summaries[0].Max);
            }
        }

        Assert.Equal(new ResidentStatus(Decisions, 0, 1, 0, sizeof(float) * (Rows + Decisions), sizeof(float) * (Rows - 1) * Decisions, 1), device.Status.Resident);
    }
}
