using System.Globalization;
using IndustrialTwin.Accelerators;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Grid;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Bench;

/// <summary>The parts of <c>itwin bench control</c>, one after the other, each on a silo of its own.</summary>
internal sealed class ControlBench(string silo, ControlLoad load, TimeSpan duration, bool withTraining, string? missesFile, Terminal terminal)
{
    private const int MissesShown = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly string[] Header = ["part", "messages", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "misses", "monitor p99 ms", "training epochs/s", "silo CPU s/s"];

    private readonly List<string[]> _rows = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await terminal.Out.WriteLineAsync(
            $"{load.Rate} messages a second of {load.Machines} machines, {ControlLoad.MessageRows} samples each; deadline {load.Deadline.TotalMilliseconds:0.###} ms; "
            + $"{Environment.ProcessorCount} processors shared by silo and load. Latencies count from when a message was due.");
        var brief = duration / 4;
        var alone = withTraining ? await TrainingAloneAsync(brief, cancellationToken) : 0;
        await PartAsync("control", brief, withTraining: false, isFifo: false, cancellationToken);
        if (withTraining)
        {
            var beside = await PartAsync("control with training", duration, withTraining: true, isFifo: false, cancellationToken);
            await PartAsync("the same, first in first out", brief, withTraining: true, isFifo: true, cancellationToken);
            await WriteAsync();
            await terminal.Out.WriteLineAsync(FormattableString.Invariant(
                $"Training beside the load: {beside:0.0} epochs/s of {alone:0.0} alone, {100 * beside / alone:0} %."));
        }
        else
        {
            await WriteAsync();
        }
    }

    private Task WriteAsync() => TextTable.WriteAsync(terminal.Out, Header, _rows);

    private async Task<double> TrainingAloneAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        await using var process = await BenchSilo.StartAsync(silo, cancellationToken);
        await using var grid = await ConnectAsync(process, cancellationToken);
        await using var training = new TrainingLoad(await AcceleratorAsync(grid, cancellationToken));
        await Task.Delay(length, cancellationToken);
        return training.EpochsPerSecond;
    }

    private async Task<double> PartAsync(string name, TimeSpan length, bool withTraining, bool isFifo, CancellationToken cancellationToken)
    {
        await terminal.Error.WriteLineAsync($"{name}: {length.TotalSeconds:0} s …");
        await using var process = await BenchSilo.StartAsync(silo, cancellationToken, ("Devices__IsFifo", isFifo ? "true" : "false"));
        await using var grid = await ConnectAsync(process, cancellationToken);
        var plant = load.Plant();
        await grid.CallAsync(grid.Grains.GetGrain<ISiteGrain>(plant.Site.Value).Apply(plant, cancellationToken), $"Site {plant.Site}", cancellationToken);
        await using var measurement = await ControlMeasurement.ConnectAsync(process.Mqtt, load, cancellationToken);
        await using var training = withTraining ? new TrainingLoad(await AcceleratorAsync(grid, cancellationToken)) : null;
        await measurement.RunAsync(WarmUp, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var monitor = new MonitorLoad().RunAsync(grid.Grains, ended.Token);
        var cpu = process.CpuTime;
        var all = await measurement.RunAsync(length, cancellationToken);
        var cpuShare = (process.CpuTime - cpu) / length;
        var epochsPerSecond = training?.EpochsPerSecond ?? double.NaN;
        await ended.CancelAsync();
        var latencies = new Latencies(all.Where(latency => !double.IsNaN(latency)), all.Count(double.IsNaN));
        _rows.Add(
        [
            name,
            latencies.Count.ToString(CultureInfo.InvariantCulture),
            .. latencies.ToCells(),
            latencies.Over(load.Deadline.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            (await monitor).ToCells()[1],
            training is null ? "-" : epochsPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
            cpuShare.ToString("0.00", CultureInfo.InvariantCulture),
        ]);
        await WriteMissesAsync(name, all);
        return epochsPerSecond;
    }

    private async Task WriteMissesAsync(string name, double[] latenciesMs)
    {
        var limit = load.Deadline.TotalMilliseconds;
        string[] misses =
        [
            .. latenciesMs.Select((latency, message) => (latency, message)).Where(miss => !(miss.latency <= limit)).Select(miss => FormattableString.Invariant(
                $"{name}: message {miss.message}, due after {(double)miss.message / load.Rate:0.000} s: {(double.IsNaN(miss.latency) ? "no command" : $"{miss.latency:0.000} ms")}")),
        ];
        if (missesFile is not null)
        {
            await File.AppendAllLinesAsync(missesFile, misses);
            return;
        }

        foreach (var miss in misses.Take(MissesShown))
        {
            await terminal.Out.WriteLineAsync(miss);
        }

        if (misses.Length > MissesShown)
        {
            await terminal.Out.WriteLineAsync($"{name}: and {misses.Length - MissesShown} more misses; --misses FILE keeps them all.");
        }
    }

    private static Task<GridConnection> ConnectAsync(BenchSilo process, CancellationToken cancellationToken) =>
        GridConnection.OpenAsync(process.Gateway, "industrialtwin", "industrialtwin", TimeSpan.FromSeconds(60), cancellationToken);

    private static async Task<IAcceleratorGrain> AcceleratorAsync(GridConnection grid, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var known = await grid.CallAsync(grid.Grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot(), "The enterprise", cancellationToken);
            if (known.Accelerators.Length > 0)
            {
                return grid.Grains.GetGrain<IAcceleratorGrain>(known.Accelerators[0].Value);
            }

            if (attempt == 50)
            {
                throw new CommandFault("The silo has told of no accelerator.", ExitCode.Unreachable);
            }

            await Task.Delay(100, cancellationToken);
        }
    }
}
