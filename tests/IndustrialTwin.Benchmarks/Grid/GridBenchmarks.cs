using System.Diagnostics;
using System.Diagnostics.Metrics;
using IndustrialTwin.Accelerators;
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
    private const string Queue = "bench/window-statistics.64";

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        var rows = new List<Row>();
        double shared;
        using (var host = await StartAsync(batchUnitsMax: 512))
        {
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            var (bare, queue) = (grains.GetGrain<IBareComputeGrain>("bare"), await ServedAsync(grains));
            using var messages = new Messages();
            var medians = await Measure.MediansAsync(
                Rounds,
                async () => (await LoadAsync(request => bare.Compute(request), Callers, Requests)).CpuUs,
                async () => (await LoadAsync(request => queue.Submit(request), Callers, Requests)).CpuUs);
            rows.Add(new Row("Grid, a request without its kernel, CPU", medians[1], "µs", "a bare actor call, same payload", medians[0], "≤ 50 µs"));
            rows.Add(new Row("Grid, messages of a request at load", messages.Count / (double)((Rounds + 1) * Requests), "messages", Goal: "≤ 2"));
            shared = await BestAsync(queue);
            await host.StopAsync();
        }

        using (var host = await StartAsync(batchUnitsMax: 1))
        {
            var alone = await BestAsync(await ServedAsync(host.Services.GetRequiredService<IGrainFactory>()));
            rows.Add(new Row($"Grid, shared launches, p95 ≤ {P95MaxMs} ms", shared, "requests / s", "one launch a request", alone, "≥ 3 ×"));
            await host.StopAsync();
        }

        return rows;
    }

    private static async Task<IHost> StartAsync(int batchUnitsMax)
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleans(silo => silo.UseLocalhostClustering(siloPort: 41_112, gatewayPort: 40_001).AddMemoryGrainStorage("twins").AddTwins(new NodeOptions { Node = "bench" }))
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
        await LoadAsync(request => queue.Submit(request), Callers, Requests / 4);
        return queue;
    }

    /// <summary>The most requests a second at which p95 stays in its limit, over growing numbers of callers that each wait for their answer.</summary>
    private static async Task<double> BestAsync(IWorkQueueGrain queue)
    {
        var best = 0.0;
        for (var callers = 4; callers <= 2_048; callers *= 2)
        {
            var load = await LoadAsync(request => queue.Submit(request), callers, Math.Max(4_000, 8 * callers));
            if (load.P95Ms <= P95MaxMs)
            {
                best = Math.Max(best, load.PerSecond);
            }
        }

        return best;
    }

    private static async Task<(double CpuUs, double PerSecond, double P95Ms)> LoadAsync(Func<ComputeRequest, Task<ComputeReply>> ask, int callers, int requests)
    {
        var request = new WindowStatisticsRequest([.. Enumerable.Range(0, Rows).Select(i => MathF.Sin(i))], Rows);
        var perCaller = requests / callers;
        var latencies = new double[perCaller * callers];
        var process = Process.GetCurrentProcess();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < perCaller; i++)
            {
                var asked = Stopwatch.GetTimestamp();
                var reply = await ask(request);
                if (reply.Outcome != ComputeOutcome.Done)
                {
                    throw new InvalidOperationException($"{reply.Outcome}: {reply.Detail}");
                }

                latencies[(caller * perCaller) + i] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
            }
        })));
        process.Refresh();
        var elapsed = Stopwatch.GetElapsedTime(started);
        Array.Sort(latencies);
        return ((process.TotalProcessorTime - cpu).TotalMicroseconds / latencies.Length, latencies.Length / elapsed.TotalSeconds, Measure.Percentile(latencies, 0.95));
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
