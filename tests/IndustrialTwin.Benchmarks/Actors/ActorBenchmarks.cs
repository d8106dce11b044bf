using System.Diagnostics;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Hosting;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>What a twin costs beside a bare actor: calls, and memory while it has nothing to do.</summary>
internal static class ActorBenchmarks
{
    private const int Machines = 256;
    private const int CallsPerRound = 40_000;
    private const int IdleTwins = 20_000;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        using var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleans(silo => silo.UseLocalhostClustering(siloPort: 41_111, gatewayPort: 40_000).AddMemoryGrainStorage("twins").AddTwins(new NodeOptions { Node = "bench" }))
            .ConfigureServices(services => services.AddSingleton<ISampleLog, ForgetfulLog>())
            .Build();
        await host.StartAsync();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var rows = new List<Row>();
        rows.AddRange(await ObserveAsync(grains));
        rows.AddRange(await IdleAsync(grains));
        await host.StopAsync();
        return rows;
    }

    private static async Task<IEnumerable<Row>> ObserveAsync(IGrainFactory grains)
    {
        for (var i = 0; i < Machines; i++)
        {
            await grains.GetGrain<IMachineGrain>($"plain/line/m{i}").Apply(Declaration($"plain/line/m{i}", analysed: false));
            await grains.GetGrain<IMachineGrain>($"busy/line/m{i}").Apply(Declaration($"busy/line/m{i}", analysed: true));
        }

        long plain = 0, busy = 0;
        var medians = await Measure.MediansAsync(
            5,
            () => PerCpuSecondAsync((i, n) => grains.GetGrain<IBareGrain>($"plain/line/m{i}").Take(Batch($"plain/line/m{i}", n)), 0),
            () => PerCpuSecondAsync((i, n) => grains.GetGrain<IMachineGrain>($"plain/line/m{i}").Observe(Batch($"plain/line/m{i}", n)), plain++),
            () => PerCpuSecondAsync((i, n) => grains.GetGrain<IMachineGrain>($"busy/line/m{i}").Observe(Batch($"busy/line/m{i}", n)), busy++));
        return
        [
            new Row("Observe, 40 samples, without the log", medians[1], "calls / CPU-s", "a bare actor call, same payload", medians[0], "≥ 0.5"),
            new Row("Observe and analyse, 40 samples, without the log", medians[2], "calls / CPU-s", "a bare actor call, same payload", medians[0]),
        ];
    }

    private static async Task<double> PerCpuSecondAsync(Func<int, long, Task> call, long round)
    {
        const int PerMachine = CallsPerRound / Machines;
        var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, Machines).Select(machine => Task.Run(async () =>
        {
            for (var i = 0; i < PerMachine; i++)
            {
                await call(machine, (round * PerMachine) + i);
            }
        })));
        process.Refresh();
        return PerMachine * Machines / (process.TotalProcessorTime - before).TotalSeconds;
    }

    private static async Task<IEnumerable<Row>> IdleAsync(IGrainFactory grains)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < IdleTwins; i += 500)
        {
            await Task.WhenAll(Enumerable.Range(i, 500).Select(n => grains.GetGrain<IBareGrain>($"idle/bare/m{n}").Take(Batch($"idle/bare/m{n}", 0))));
        }

        var bare = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)IdleTwins;
        before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < IdleTwins; i += 500)
        {
            await Task.WhenAll(Enumerable.Range(i, 500).Select(n =>
                grains.GetGrain<IMachineGrain>($"idle/line/m{n}").Apply(Declaration($"idle/line/m{n}", analysed: true))));
        }

        await Task.Delay(TimeSpan.FromSeconds(3));
        var idle = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)IdleTwins;
        return [new Row("Memory of an idle twin, its stored state in memory too", idle / 1024, "KiB", "a bare actor without state", bare / 1024, "≤ 5 KiB")];
    }

    private static MachineDeclaration Declaration(string machine, bool analysed) => new(
        MachineKey.Parse(machine), analysed ? "busy" : "plain", machine,
        [new ChannelDeclaration("force", "kN", -1e9, 1e9, 1000), new ChannelDeclaration("speed", "rpm", -1e9, 1e9, 1000)],
        analysed ? [new WindowStatisticsAnalysis("statistics", "force", 1024, 1024, [Statistic.Rms, Statistic.Kurtosis])] : [],
        analysed ? [new AlarmDeclaration("overload", "statistics/rms", AlarmSide.High, 1e9, 1e9, 1, 1, AlarmPriority.High)] : [],
        null, TimeSpan.FromSeconds(2), null, "1");

    private static SampleBatch Batch(string machine, long sequence)
    {
        var times = new long[20];
        var (force, speed) = (new double[20], new double[20]);
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = 1_700_000_000_000_000 + (((sequence * times.Length) + i) * 1000);
            force[i] = i;
            speed[i] = 2 * i;
        }

        return new SampleBatch(MachineKey.Parse(machine), "bench", 1, sequence, [new SampleColumn("force", times, force), new SampleColumn("speed", times, speed)]);
    }
}

/// <summary>An actor that takes a batch and does nothing with it: what any twin must cost at least.</summary>
[Alias("itwin.bench.bare")]
public interface IBareGrain : IGrainWithStringKey
{
    /// <summary>Takes a batch.</summary>
    [Alias("take")]
    Task<ObserveReply> Take(SampleBatch batch);
}

/// <inheritdoc cref="IBareGrain"/>
[GrainType("itwin.bench.bare")]
internal sealed class BareGrain : Grain, IBareGrain
{
    private static readonly ObserveReply Accepted = new(ObserveOutcome.Accepted, 40, 0);

    /// <inheritdoc/>
    public Task<ObserveReply> Take(SampleBatch batch) => Task.FromResult(Accepted);
}
