using System.Diagnostics;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Bench;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Statistics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>
/// What keeping a twin's series on its device saves: bytes that are moved and processor time, with overlapping analyses and in a control loop,
/// on each device of the machine.
/// </summary>
internal static class ResidentBenchmarks
{
    private const int Rounds = 5;
    private const int Requests = 4_000;
    private static readonly float[] Series = Enumerable.Range(0, 1 << 16).Select(i => MathF.Sin(i * 0.1f)).ToArray();

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        var rows = new List<Row> { OnWires() };
        foreach (var device in await new DeviceDiscovery().OpenAsync())
        {
            await using (device)
            {
                // Four windows of 1,024 samples each 512 new samples; and a window of 256 for each new sample.
                rows.AddRange(await CompareAsync(device, "4 windows of 1,024 by 128", length: 1_024, stride: 128, count: 4, fresh: 512));
                rows.AddRange(await CompareAsync(device, "control, a window of 256 by 1", length: 256, stride: 1, count: 1, fresh: 1));
            }
        }

        return rows;
    }

    private static Row OnWires()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        ComputeRequest apart = new WindowStatisticsRequest(Series[..4_096], 1_024);
        ComputeRequest series = new SlidingStatisticsRequest(Guid.NewGuid(), 1_408, Series[..1_408], 1_024, 128, 4);
        return new Row(
            "Request of 4 windows of 1,024 by 128 on a wire", serializer.SerializeToArray(series).Length, "bytes", "the same windows apart",
            serializer.SerializeToArray(apart).Length);
    }

    private static async Task<IEnumerable<Row>> CompareAsync(IComputeDevice device, string name, int length, int stride, int count, int fresh)
    {
        var id = device.Description.Id;
        var span = ((count - 1) * stride) + length;
        var ring = new float[count * length];
        var before = device.Status.Resident;
        var medians = await Measure.MediansAsync(
            Rounds,
            () => CpuUsAsync(async end =>
            {
                // As a caller does that has a series and no device that keeps it.
                for (var i = 0; i < count; i++)
                    Series.AsSpan(end - span + (i * stride), length).CopyTo(ring.AsSpan(i * length));
                return (await device.RunAsync(WindowStatistics.Instance, new WindowBatch(ring, length))).Kind == JobOutcomeKind.Done;
            }),
            () => CpuUsAsync(Kept(device, length, stride, count, fresh, span)));
        var after = device.Status.Resident;
        var jobs = (double)(after.Hits + after.Loads - before.Hits - before.Loads);
        return
        [
            new Row($"{id}, {name}: samples brought to the device", (after.BytesMoved - before.BytesMoved) / jobs, "bytes / request", "windows apart", sizeof(float) * count * length),
            new Row($"{id}, {name}: processor time", medians[1], "µs / request", "windows apart", medians[0]),
        ];

        async Task<double> CpuUsAsync(Func<int, Task<bool>> ask)
        {
            var end = span;
            var process = Process.GetCurrentProcess();
            var start = process.TotalProcessorTime;
            for (var i = 0; i < Requests; i++)
            {
                end = end + fresh > Series.Length ? span : end + fresh;
                if (!await ask(end))
                    throw new InvalidOperationException($"{id} did not compute {name}.");
            }

            process.Refresh();
            return (process.TotalProcessorTime - start).TotalMicroseconds / Requests;
        }
    }

    /// <summary>Asks with what is new, of a series that has no end; a device that does not hold the rest is asked with all.</summary>
    private static Func<int, Task<bool>> Kept(IComputeDevice device, int length, int stride, int count, int fresh, int span)
    {
        var (key, isHeld, position, samples) = (ResidentKey.Create(), false, (long)span, new float[span]);
        return async end =>
        {
            position += fresh;
            var brought = isHeld ? fresh : span;
            Series.AsSpan(end - brought, brought).CopyTo(samples);
            var windows = new SlidingWindows(key, position, samples.AsMemory(0, brought), length, stride, count);
            var outcome = await device.RunAsync(SlidingStatistics.Instance, windows);
            isHeld = outcome.Result.IsHeld;
            return outcome.Kind == JobOutcomeKind.Done && !outcome.Result.IsMissing;
        };
    }
}
