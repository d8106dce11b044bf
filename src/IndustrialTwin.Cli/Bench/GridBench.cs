using IndustrialTwin.Accelerators;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;
using IndustrialTwin.Work;

namespace IndustrialTwin.Bench;

/// <summary>What the live grid does for clients that ask a silo, which runs in a process of its own.</summary>
internal sealed class GridBench(string silo)
{
    private const int Rows = 64, Callers = 256, Requests = 20_000, Rounds = 3;
    private const double P95MaxMs = 10;
    private const string Messages = "itwin_work_messages";

    private static readonly WindowStatisticsRequest Request = new([.. Enumerable.Range(0, Rows).Select(i => MathF.Sin(i))], Rows);

    /// <summary>Shared launches against one launch a request, each on a silo of its own; both take turns.</summary>
    public async Task BatchingAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await report.ProgressAsync("batching through a silo");
        await using var shared = await BenchSilo.StartAsync(silo, cancellationToken);
        await using var alone = await BenchSilo.StartAsync(silo, cancellationToken, ("Work__BatchUnitsMax", "1"), ("Devices__BatchWindowsMax", "1"));
        await using var sharedGrid = await shared.ConnectAsync(cancellationToken);
        await using var aloneGrid = await alone.ConnectAsync(cancellationToken);
        var (together, single) = (await ServedAsync(sharedGrid), await ServedAsync(aloneGrid));
        var best = await ClosedLoop.BestAsync(() => AskAsync(together), () => AskAsync(single), P95MaxMs, cancellationToken);
        await report.AddAsync(
            "Requests through a silo",
            [
                new($"shared launches, p95 ≤ {P95MaxMs} ms", best.First, "requests / s"),
                new($"one launch a request, p95 ≤ {P95MaxMs} ms", best.Second, "requests / s"),
                new("shared over alone", best.First / best.Second, "", Aim.AtLeast(3)),
            ],
            $"A request is the statistics of one window of {Rows} samples, from a client over TCP; what its connection costs is the same on both sides.");
    }

    /// <summary>Processor time and messages of a request.</summary>
    public async Task OverheadAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await report.ProgressAsync("overhead of a request");
        await using var process = await BenchSilo.StartAsync(silo, cancellationToken);
        await using var grid = await process.ConnectAsync(cancellationToken);
        var queue = await ServedAsync(grid);
        var (cpu, door) = (new List<double>(), new List<double>());
        var before = await process.MetricAsync(Messages, cancellationToken);
        for (var round = 0; round < Rounds; round++)
        {
            cpu.Add(await CpuUsAsync(process, () => AskAsync(queue)));
        }

        var messages = (await process.MetricAsync(Messages, cancellationToken) - before) / (Rounds * (double)(Requests / Callers * Callers));
        var late = Request with { Deadline = DateTimeOffset.UnixEpoch };
        for (var round = 0; round < Rounds; round++)
        {
            door.Add(await CpuUsAsync(process, () => queue.Submit(late, CancellationToken.None)));
        }

        await report.AddAsync(
            "What the grid costs a request",
            [
                new("processor time of the silo, connection and kernel included", Measure.Median(cpu), "µs CPU"),
                new("the same where the queue turns it away at once", Measure.Median(door), "µs CPU"),
                new("wait, launch and answer: the difference", Measure.Median(cpu) - Measure.Median(door), "µs CPU", Aim.AtMost(50)),
                new("messages between queue, board and accelerator", messages, "messages", Aim.AtMost(2)),
            ],
            $"{Callers} callers over TCP, one window of {Rows} samples each. What is turned away has cost its connection and admission.");
    }

    /// <summary>How far launches were from the prediction of the silo's own accelerator, over requests of many sizes.</summary>
    public async Task CostsAsync(BenchReport report, CancellationToken cancellationToken)
    {
        const int Launches = 1_000, WindowRows = 1_024, WindowsMost = 64;
        await report.ProgressAsync("cost prediction in a silo");
        await using var process = await BenchSilo.StartAsync(silo, cancellationToken);
        await using var grid = await process.ConnectAsync(cancellationToken);
        var accelerator = await process.AcceleratorAsync(grid, cancellationToken);
        var queue = grid.Grains.GetGrain<IWorkQueueGrain>($"bench/window-statistics.{WindowRows}");
        var random = new Random(1);
        for (var i = 0; i < Launches; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var windows = new float[random.Next(1, WindowsMost + 1) * WindowRows];
            Array.Fill(windows, 1.5f);
            await AskAsync(queue, new WindowStatisticsRequest(windows, WindowRows));
        }

        var error = (await grid.CallAsync(accelerator.GetSnapshot(), "The accelerator", cancellationToken)).PredictionErrorP99 ?? double.NaN;
        await report.AddAsync(
            "Predictions of a silo's accelerator",
            [new($"relative error of launches of 1 to {WindowsMost} windows, p99", error, "", Aim.AtMost(0.1))],
            "As the accelerator itself counts it, over its last 256 launches; silo and benchmark share the processors.");
    }

    private static async Task<IWorkQueueGrain> ServedAsync(GridConnection grid)
    {
        var queue = grid.Grains.GetGrain<IWorkQueueGrain>($"bench/window-statistics.{Rows}");
        await ClosedLoop.RunAsync(Callers, Requests, () => AskAsync(queue));
        return queue;
    }

    private static Task AskAsync(IWorkQueueGrain queue) => AskAsync(queue, Request);

    private static async Task AskAsync(IWorkQueueGrain queue, ComputeRequest request)
    {
        var reply = await queue.Submit(request, CancellationToken.None);
        if (reply.Outcome != ComputeOutcome.Done)
        {
            throw new CommandFault($"A request ended {reply.Outcome}: {reply.Detail}", ExitCode.Refused);
        }
    }

    private static async Task<double> CpuUsAsync(BenchSilo process, Func<Task> ask)
    {
        var before = process.CpuTime;
        await ClosedLoop.RunAsync(Callers, Requests, ask);
        return (process.CpuTime - before).TotalMicroseconds / (Requests / Callers * Callers);
    }
}
