using System.Globalization;
using IndustrialTwin.Bench;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Sites;
using IndustrialTwin.Traces;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>
/// Starts a silo under control load, spoils it by a cause that a seed chooses and nobody is told, and leaves its traces: for trying
/// whether somebody finds the cause with the runbook <c>docs/runbooks/control-misses.md</c> and the traces alone.
/// </summary>
internal static class SlowLoopCommand
{
    private const string Usage = "expected --seed n --out folder [--answer file] [--cause name] [--seconds n] [--silo dll]";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6), LastExport = TimeSpan.FromSeconds(3);
    private static readonly ControlLoad Load = new(Rate: 200, Machines: 20, TimeSpan.FromMilliseconds(20));

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await RunAsync(SlowLoopArguments.Parse(args, Usage));
            return 0;
        }
        catch (Exception fault) when (fault is FormatException or CommandFault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return fault is FormatException ? 2 : 1;
        }
    }

    private static async Task RunAsync(SlowLoopArguments asked)
    {
        var random = new Random(asked.Seed);
        var cause = asked.Cause is { } name ? Cause.All.Single(found => found.Name == name) : Cause.All[random.Next(Cause.All.Count)];
        var isMisleading = random.Next(2) == 0;
        Directory.CreateDirectory(asked.Folder);
        var traces = Path.Combine(asked.Folder, "traces.jsonl");
        File.Delete(traces);
        var database = Directory.CreateTempSubdirectory("itwin-slow-loop-");
        try
        {
            await using var receiver = TraceReceiver.Start(Ingest.PostgresServer.FreePort(), traces);
            var answers = await MeasureAsync(asked, cause, isMisleading, receiver, Path.Combine(database.FullName, "twin.db"));
            await TellAsync(asked, cause, isMisleading, answers, receiver);
        }
        finally
        {
            database.Delete(recursive: true);
        }
    }

    private static async Task<ControlAnswer[]> MeasureAsync(SlowLoopArguments asked, Cause cause, bool isMisleading, TraceReceiver receiver, string database)
    {
        await using var silo = await BenchSilo.StartAsync(
            BenchSilo.Find(asked.Silo), CancellationToken.None,
            [
                .. receiver.Settings,
                ("Node__Node", "edge-1"),
                ("Storage__Path", database),
                ("Mqtt__TraceRatio", "0.05"),
                ("Devices__IsCudaAllowed", "false"),
                ("Devices__IsOpenClAllowed", "false"),
                ("OTEL_BSP_SCHEDULE_DELAY", "1000"),
                .. cause.Settings,
            ]);
        await using var grid = await silo.ConnectAsync(CancellationToken.None);
        var plant = Load.Plant();
        await grid.CallAsync(grid.Grains.GetGrain<ISiteGrain>(plant.Site.Value).Apply(plant, CancellationToken.None), $"Site {plant.Site}", CancellationToken.None);
        var trial = new LoopTrial(silo, grid, await silo.AcceleratorAsync(grid, CancellationToken.None), Load, database);
        var (mqtt, proxy) = cause.Way(silo.Mqtt);
        await using var way = proxy;
        await using var measurement = await ControlMeasurement.ConnectAsync(mqtt, Load, CancellationToken.None);
        await using var training = cause.IsTrainingBeside ? new TrainingLoad(trial.Accelerator) : null;
        using var ended = new CancellationTokenSource();
        var spoiling = Task.WhenAll(cause.RunAsync(trial, ended.Token), isMisleading ? SlowCommits.RunAsync(database, ended.Token) : Task.CompletedTask);
        var monitoring = new MonitorLoad().RunAsync(grid.Grains, ended.Token); // A silo in need sheds some of it.
        await measurement.RunAsync(WarmUp, CancellationToken.None);
        var answers = await measurement.RunAsync(asked.Time, CancellationToken.None);
        await Task.Delay(LastExport);
        await ended.CancelAsync();
        await Task.WhenAll(spoiling, monitoring).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return spoiling.IsFaulted && spoiling.Exception.InnerException is { } fault and not OperationCanceledException
            ? throw new CommandFault($"The trial is none: the cause failed: {fault.Message}", 1, fault)
            : answers;
    }

    /// <summary>Writes what the plant notices beside the traces, and apart from it what the cause was.</summary>
    private static async Task TellAsync(SlowLoopArguments asked, Cause cause, bool isMisleading, ControlAnswer[] answers, TraceReceiver receiver)
    {
        var latencies = new Latencies(answers.Select(answer => answer.LatencyMs).Where(ms => !double.IsNaN(ms)), 0);
        var unanswered = answers.Count(answer => answer.HeardUs == 0);
        var symptom = string.Create(
            CultureInfo.InvariantCulture,
            $"{Load.Machines} presses on line-1 send {Load.Rate} messages a second; a command has to leave {Load.Deadline.TotalMilliseconds:0} ms after its message came.\n"
            + $"In {asked.Time.TotalSeconds:0} s, {answers.Length} messages: {100.0 * unanswered / answers.Length:0.0} % got no command. From message to command at the machine: p50 {latencies.At(0.5):0.0} ms, p99 {latencies.At(0.99):0.0} ms.\n");
        await File.WriteAllTextAsync(Path.Combine(asked.Folder, "symptom.txt"), symptom);
        await Console.Out.WriteAsync(symptom);
        await Console.Out.WriteLineAsync($"{receiver.Requests} exports of traces are in {Path.Combine(asked.Folder, "traces.jsonl")}; 'itwin trace show' reads them.");
        await File.AppendAllTextAsync(
            asked.Answer ?? Path.Combine(asked.Folder, "answer.txt"),
            $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(asked.Folder))}: seed {asked.Seed}: {cause.Name}: {cause.Truth}{(isMisleading ? "; commits are slow too, which does not matter to control" : "")}\n");
    }
}
