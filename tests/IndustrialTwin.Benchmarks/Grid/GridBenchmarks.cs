using System.Diagnostics.Metrics;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Bench;
using IndustrialTwin.Benchmarks.Actors;
using IndustrialTwin.Hosting;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Benchmarks.Grid;

/// <summary>
/// What the live grid costs a request (admission, queue, meeting an accelerator, device queue, answer) beside a bare call of the same
/// payload, and what sharing launches brings.
/// </summary>
internal static class GridBenchmarks
{
    private const int Rows = 64;
    private const int Requests = 20_000;
    private const int Callers = 256;
    private const int Rounds = 3;
    private const double P95MaxMs = 10;
    private static readonly WindowStatisticsRequest Request = new([.. Enumerable.Range(0, Rows).Select(i => MathF.Sin(i))], Rows);
    private const string Queue = "bench/window-statistics.64";

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        using var host = await StartAsync(batchUnitsMax: 512, siloPort: 41_112);
        using var aloneHost = await StartAsync(batchUnitsMax: 1, siloPort: 41_113);
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var (bare, queue) = (grains.GetGrain<IBareComputeGrain>("bare"), await ServedAsync(grains));
        var aloneQueue = await ServedAsync(aloneHost.Services.GetRequiredService<IGrainFactory>());
        using var messages = new Messages();
        var medians = await Measure.MediansAsync(
            Rounds,
            async () => (await ClosedLoop.RunAsync(Callers, Requests, () => AskAsync(bare.Compute))).CpuUs,
            async () => (await ClosedLoop.RunAsync(Callers, Requests, () => AskAsync(request => queue.Submit(request)))).CpuUs);
        var perRequest = messages.Count / (double)((Rounds + 1) * Requests);
        var (shared, alone) = await ClosedLoop.BestAsync(
            () => AskAsync(request => queue.Submit(request)), () => AskAsync(request => aloneQueue.Submit(request)), P95MaxMs, CancellationToken.None);
        await host.StopAsync();
        await aloneHost.StopAsync();
        return
        [
            new Row("Grid, a request without its kernel, CPU", medians[1], "µs", "a bare actor call, same payload", medians[0], "≤ 50 µs"),
            new Row("Grid, messages of a request at load", perRequest, "messages", Goal: "≤ 2"),
            new Row($"Grid, shared launches, p95 ≤ {P95MaxMs} ms", shared, "requests / s", "one launch a request", alone, "≥ 3 ×"),
        ];
    }

    private static async Task<IHost> StartAsync(int batchUnitsMax, int siloPort)
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort: siloPort - 1_000).AddMemoryGrainStorage("twins").AddTwins(new NodeOptions { Node = "bench" }))
            .ConfigureServices(services => services
                .AddSingleton<ISampleLog, ForgetfulLog>()
                .Configure<WorkOptions>(options => options.BatchUnitsMax = batchUnitsMax))
            .Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>The queue, when an accelerator serves it and has tried its kernel.</summary>
    private static async Task<IWorkQueueGrain> ServedAsync(IGrainFactory grains)
    {
        var queue = grains.GetGrain<IWorkQueueGrain>(Queue);
        await ClosedLoop.RunAsync(Callers, Requests / 4, () => AskAsync(request => queue.Submit(request)));
        return queue;
    }

    private static async Task AskAsync(Func<ComputeRequest, Task<ComputeReply>> ask)
    {
        var reply = await ask(Request);
        if (reply.Outcome != ComputeOutcome.Done)
        {
            throw new InvalidOperationException($"{reply.Outcome}: {reply.Detail}");
        }
    }

    /// <summary>Counts the grid's messages.</summary>
    private sealed class Messages : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public Messages()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "itwin.work.messages")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _count, count));
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}

/// <summary>An actor that takes a request and answers with nothing: what any must cost at least.</summary>
[Alias("itwin.bench.bare-compute")]
public interface IBareComputeGrain : IGrainWithStringKey
{
    /// <summary>Takes a request.</summary>
    [Alias("compute")]
    Task<ComputeReply> Compute(ComputeRequest request);
}

/// <inheritdoc cref="IBareComputeGrain"/>
[GrainType("itwin.bench.bare-compute")]
internal sealed class BareComputeGrain : Grain, IBareComputeGrain
{
    private static readonly ComputeReply Done = new(ComputeOutcome.Done, new double[10]);

    /// <inheritdoc/>
    public Task<ComputeReply> Compute(ComputeRequest request) => Task.FromResult(Done);
}
