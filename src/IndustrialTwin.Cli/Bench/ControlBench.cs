using System.Globalization;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Bench;

/// <summary>The parts of <c>itwin bench control</c>, one after the other, each on a silo of its own.</summary>
internal sealed class ControlBench(string silo, ControlLoad load, TimeSpan duration, bool withTraining, string? missesFile, Terminal terminal)
{
    private const int MissesShown = 20;
    private const string Pauses = "dotnet_gc_pause_time";
    private const double TrainingLeast = 0.6, MonitorMost = 1.2;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BriefMost = TimeSpan.FromSeconds(50);
    private static readonly string[] Header = ["part", "messages", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "misses", "monitor p99 ms", "training epochs/s", "silo CPU s/s"];

    private readonly List<string[]> _rows = [];

    public async Task RunAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await terminal.Out.WriteLineAsync(
            $"\nControl: {load.Rate} messages a second of {load.Machines} machines, {ControlLoad.MessageRows} samples each; deadline {load.Deadline.TotalMilliseconds:0.###} ms; "
            + $"{Environment.ProcessorCount} processors shared by silo and load. Latencies count from when a message was due.");
        var brief = TimeSpan.FromTicks(Math.Min(duration.Ticks / 4, BriefMost.Ticks));
        var deadline = load.Deadline.TotalMilliseconds;
        var trainingAlone = withTraining ? await TrainingAloneAsync(brief, cancellationToken) : 0;
        var alone = await PartAsync("control", withTraining ? brief : duration, isTraining: false, isFifo: false, cancellationToken);
        List<Finding> findings = [.. Findings("control", alone)];
        if (withTraining)
        {
            var beside = await PartAsync("control with training", duration, isTraining: true, isFifo: false, cancellationToken);
            var fifo = await PartAsync("the same, first in first out", brief, isTraining: true, isFifo: true, cancellationToken);
            findings.AddRange(Findings("control with training", beside));
            findings.Add(new("training beside the load over training alone", beside.EpochsPerSecond / trainingAlone, "", Aim.AtLeast(TrainingLeast)));
            findings.Add(new("monitor requests, p99 with training over without", beside.MonitorP99Ms / alone.MonitorP99Ms, "", Aim.AtMost(MonitorMost)));
            findings.Add(new("first in first out, p99, which must fail", fifo.Latencies.At(0.99), "ms", Aim.AtLeast(deadline)));
        }

        await terminal.Out.WriteLineAsync();
        await TextTable.WriteAsync(terminal.Out, Header, _rows);
        await report.AddAsync("Control", findings);

        Finding[] Findings(string name, Outcome outcome) =>
        [
            new($"{name}, messages", outcome.Latencies.Count, ""),
            new($"{name}, p50", outcome.Latencies.At(0.5), "ms"),
            new($"{name}, p99", outcome.Latencies.At(0.99), "ms", Aim.AtMost(deadline)),
            new($"{name}, p99.9", outcome.Latencies.At(0.999), "ms"),
            new($"{name}, longest", outcome.Latencies.At(1), "ms"),
            new($"{name}, misses", outcome.Latencies.Over(deadline), ""),
            new($"{name}, pauses of the silo's garbage collector", outcome.PauseMs, "ms / s"),
            .. outcome.MissesOf.Select((misses, hop) => new Finding($"{name}, misses that '{ControlAnswer.Hops[hop]}' took most of", misses, "")),
        ];
    }

    private async Task<double> TrainingAloneAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        await terminal.Error.WriteLineAsync($"training alone: {length.TotalSeconds:0} s …");
        await using var process = await BenchSilo.StartAsync(silo, cancellationToken);
        await using var grid = await process.ConnectAsync(cancellationToken);
        await using var training = new TrainingLoad(await process.AcceleratorAsync(grid, cancellationToken));
        await Task.Delay(length, cancellationToken);
        return training.EpochsPerSecond;
    }

    private async Task<Outcome> PartAsync(string name, TimeSpan length, bool isTraining, bool isFifo, CancellationToken cancellationToken)
    {
        await terminal.Error.WriteLineAsync($"{name}: {length.TotalSeconds:0} s …");
        await using var process = await BenchSilo.StartAsync(silo, cancellationToken, ("Devices__IsFifo", isFifo ? "true" : "false"));
        await using var grid = await process.ConnectAsync(cancellationToken);
        var plant = load.Plant();
        await grid.CallAsync(grid.Grains.GetGrain<ISiteGrain>(plant.Site.Value).Apply(plant, cancellationToken), $"Site {plant.Site}", cancellationToken);
        await using var measurement = await ControlMeasurement.ConnectAsync(process.Mqtt, load, cancellationToken);
        await using var training = isTraining ? new TrainingLoad(await process.AcceleratorAsync(grid, cancellationToken)) : null;
        await measurement.RunAsync(WarmUp, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var monitor = new MonitorLoad().RunAsync(grid.Grains, ended.Token);
        var cpu = process.CpuTime;
        var pauses = await process.MetricAsync(Pauses, cancellationToken);
        var answers = await measurement.RunAsync(length, cancellationToken);
        var cpuShare = (process.CpuTime - cpu) / length;
        pauses = await process.MetricAsync(Pauses, cancellationToken) - pauses;
        var epochsPerSecond = training?.EpochsPerSecond ?? double.NaN;
        await ended.CancelAsync();
        var latencies = new Latencies(answers.Select(answer => answer.LatencyMs).Where(latency => !double.IsNaN(latency)), answers.Count(answer => answer.HeardUs == 0));
        var monitored = await monitor;
        _rows.Add(
        [
            name,
            latencies.Count.ToString(CultureInfo.InvariantCulture),
            .. latencies.ToCells(),
            latencies.Over(load.Deadline.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            monitored.ToCells()[1],
            training is null ? "-" : epochsPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
            cpuShare.ToString("0.00", CultureInfo.InvariantCulture),
        ]);
        return new Outcome(latencies, await MissesAsync(name, answers), monitored.At(0.99), epochsPerSecond, 1e3 * pauses / length.TotalSeconds);
    }

    /// <summary>Writes every miss with what each hop took of it; answers for each hop how many misses it had the greatest part of.</summary>
    private async Task<int[]> MissesAsync(string name, ControlAnswer[] answers)
    {
        var limit = load.Deadline.TotalMilliseconds;
        var misses = answers.Index().Where(answer => !(answer.Item.LatencyMs <= limit)).ToArray();
        var most = new int[ControlAnswer.Hops.Count];
        foreach (var (_, miss) in misses)
        {
            if (miss.HopsMs is { Length: > 0 } hops)
            {
                most[Array.IndexOf(hops, hops.Max())]++;
            }
        }

        var lines = misses.Select(miss => string.Create(
            CultureInfo.InvariantCulture, $"{name}: message {miss.Index}, due after {(double)miss.Index / load.Rate:0.000} s: {miss.Item}"));
        if (missesFile is not null)
        {
            await File.AppendAllLinesAsync(missesFile, lines);
            return most;
        }

        foreach (var line in lines.Take(MissesShown))
        {
            await terminal.Out.WriteLineAsync(line);
        }

        if (misses.Length > MissesShown)
        {
            await terminal.Out.WriteLineAsync($"{name}: and {misses.Length - MissesShown} more misses; --misses FILE keeps them all.");
        }

        return most;
    }

    private sealed record Outcome(Latencies Latencies, int[] MissesOf, double MonitorP99Ms, double EpochsPerSecond, double PauseMs);
}
