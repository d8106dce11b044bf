using System.Diagnostics;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Bench;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>What a call to a twin costs beside one to a bare actor.</summary>
internal static class ActorBenchmarks
{
    public const int Machines = 256;
    private const int CallsPerRound = 40_000;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var host = await TwinHost.StartAsync();
        var rows = await ObserveAsync(host.Grains);
        return host.Log.Reads == 2 * Machines ? rows : throw new InvalidOperationException($"{Machines} twins read their log {host.Log.Reads} times.");
    }

    private static async Task<IReadOnlyList<Row>> ObserveAsync(IGrainFactory grains)
    {
        for (var i = 0; i < Machines; i++)
        {
            await grains.GetGrain<IMachineGrain>($"plain/line/m{i}").Apply(Declaration($"plain/line/m{i}", analysed: false));
            await grains.GetGrain<IMachineGrain>($"busy/line/m{i}").Apply(Declaration($"busy/line/m{i}", analysed: true));
        }

        var medians = await Measure.MediansAsync(
            5,
            Contender("plain", machine => grains.GetGrain<IBareGrain>(machine), (twin, batch) => twin.Take(batch)),
            Contender("plain", machine => grains.GetGrain<IMachineGrain>(machine), (twin, batch) => twin.Observe(batch)),
            Contender("busy", machine => grains.GetGrain<IMachineGrain>(machine), (twin, batch) => twin.Observe(batch)));
        return
        [
            new Row("Observe, 40 samples, without the log", medians[1], "calls / CPU-s", "a bare actor call, same payload", medians[0], "≥ 0.5"),
            new Row("Observe and analyse, 40 samples, without the log", medians[2], "calls / CPU-s", "a bare actor call, same payload", medians[0]),
        ];
    }

    /// <summary>Calls all twins of a line, one call at a time each; batches and references are made before the clock starts.</summary>
    public static Func<Task<double>> Contender<T>(string site, Func<string, T> twinOf, Func<T, SampleBatch, Task<ObserveReply>> call)
    {
        const int PerMachine = CallsPerRound / Machines;
        string[] names = [.. Enumerable.Range(0, Machines).Select(n => $"{site}/line/m{n}")];
        T[] twins = [.. names.Select(twinOf)];
        var sequence = 0L;
        return async () =>
        {
            var batches = names.Select(name => Enumerable.Range(0, PerMachine).Select(i => Batch(name, sequence + i)).ToArray()).ToArray();
            sequence += PerMachine;
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            await Task.WhenAll(twins.Select((twin, machine) => Task.Run(async () =>
            {
                foreach (var batch in batches[machine])
                {
                    if ((await call(twin, batch)).Outcome != ObserveOutcome.Accepted)
                    {
                        throw new InvalidOperationException($"{batch.Machine} did not accept batch {batch.Sequence}.");
                    }
                }
            })));
            process.Refresh();
            return PerMachine * Machines / (process.TotalProcessorTime - before).TotalSeconds;
        };
    }

    public static MachineDeclaration Declaration(string machine, bool analysed) => new(
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

    /// <summary>Does nothing.</summary>
    [Alias("nothing")]
    Task Nothing();
}

/// <inheritdoc cref="IBareGrain"/>
[GrainType("itwin.bench.bare")]
internal sealed class BareGrain : Grain, IBareGrain
{
    private static readonly ObserveReply Accepted = new(ObserveOutcome.Accepted, 40, 0);

    /// <inheritdoc/>
    public Task<ObserveReply> Take(SampleBatch batch) => Task.FromResult(Accepted);

    /// <inheritdoc/>
    public Task Nothing() => Task.CompletedTask;
}
