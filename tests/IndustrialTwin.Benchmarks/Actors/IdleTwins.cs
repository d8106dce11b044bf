using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>
/// What a twin holds in memory while its machine is silent: declared like a press, after samples that filled every window exactly.
/// The managed heap after a full collection, over the twins; the twins of their lines are in it, one for a hundred.
/// </summary>
internal static class IdleTwins
{
    private const int Twins = 100_000;
    private const int TwinsPerLine = 100;
    private const int WindowRows = 200;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var host = await TwinHost.StartAsync();
        var before = Heap();
        for (var first = 0; first < Twins; first += TwinsPerLine)
        {
            await Task.WhenAll(Enumerable.Range(first, TwinsPerLine).Select(n => host.Grains.GetGrain<IBareGrain>($"idle/bare/m{n}").Take(Batch($"idle/bare/m{n}"))));
        }

        var bare = (Heap() - before) / (double)Twins;
        before = Heap();
        for (var line = 0; line < Twins / TwinsPerLine; line++)
        {
            await FillAsync(host.Grains, $"idle/line-{line}");
        }

        host.Log.Clear();
        var idle = (Heap() - before) / (double)Twins;
        return [new Row($"Memory of an idle twin, over {Twins:#,##0} of them", idle / 1024, "KiB", "a bare actor without state", bare / 1024, "≤ 5 KiB")];
    }

    /// <summary>Declares a line, gives each of its machines a window, and waits until all are computed.</summary>
    private static async Task FillAsync(IGrainFactory grains, string line)
    {
        string[] machines = [.. Enumerable.Range(0, TwinsPerLine).Select(n => $"{line}/press-{n:00}")];
        await grains.GetGrain<ILineGrain>(line).Apply(new LineDeclaration(LineKey.Parse(line), "Line", [.. machines.Select(Declaration)]));
        await Task.WhenAll(machines.Select(machine => grains.GetGrain<IMachineGrain>(machine).Observe(Batch(machine))));
        foreach (var machine in machines)
        {
            var twin = grains.GetGrain<IMachineGrain>(machine);
            for (var snapshot = await twin.GetSnapshot(); snapshot.AnalysedPosition < snapshot.LogPosition || snapshot.Features.Length != 4; snapshot = await twin.GetSnapshot())
            {
                await Task.Delay(5);
            }
        }
    }

    private static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static MachineDeclaration Declaration(string machine) => new(
        MachineKey.Parse(machine), "press", machine,
        [
            new ChannelDeclaration("slide_position", "mm", -1, 130, 1000), new ChannelDeclaration("tonnage_left", "kN", -500, 2000, 1000),
            new ChannelDeclaration("tonnage_right", "kN", -500, 2000, 1000), new ChannelDeclaration("speed", "/min", 0, 200, 1000),
        ],
        [
            new WindowStatisticsAnalysis("left-column", "tonnage_left", WindowRows, WindowRows, [Statistic.Peak, Statistic.Rms]),
            new WindowStatisticsAnalysis("right-column", "tonnage_right", WindowRows, WindowRows, [Statistic.Peak, Statistic.Rms]),
        ],
        [new AlarmDeclaration("tonnage-high", "left-column/peak", AlarmSide.High, 310, 295, 3, 2, AlarmPriority.Medium)],
        new RunningRule("speed", 5), TimeSpan.FromSeconds(2), null, "1");

    private static SampleBatch Batch(string machine)
    {
        var times = new long[WindowRows];
        var values = new double[WindowRows];
        for (var i = 0; i < times.Length; i++)
        {
            (times[i], values[i]) = (1_700_000_000_000_000 + (i * 1000), 60);
        }

        return new SampleBatch(MachineKey.Parse(machine), SampleBatch.DefaultSource, 1, 0,
        [
            new SampleColumn("slide_position", times, values), new SampleColumn("tonnage_left", times, values),
            new SampleColumn("tonnage_right", times, values), new SampleColumn("speed", times, values),
        ]);
    }
}
