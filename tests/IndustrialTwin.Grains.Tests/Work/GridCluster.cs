using System.Collections.Concurrent;
using Acme.Overloads;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Cluster;
using IndustrialTwin.Devices;
using IndustrialTwin.Hosting;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;
using Xunit;

namespace IndustrialTwin.Work;

/// <summary>Silos in this process whose devices are scripted; each test has a cluster of its own.</summary>
internal sealed class GridCluster : IAsyncDisposable
{
    public const int Rows = 4;

    private readonly ConcurrentDictionary<string, ScriptedDevice> _devices = new();
    private readonly TwinStore _store = new();
    private readonly InProcessTestCluster _cluster;
    private int _silos;

    private GridCluster(
        int silos, int devices, Action<WorkOptions> configure, Action<ScriptedDevice> script, Action<NodeOptions> place, Func<IOutgoingGrainCallContext, Task>? way)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKeyedSingleton<IGrainStorage>("twins", (services, _) => _store.For(services.GetRequiredService<Serializer>()));
            silo.Services.AddSingleton<OpenDevices>(async (node, _) =>
            {
                var opened = new List<IComputeDevice>();
                for (var number = 0; number < devices; number++)
                {
                    var device = new ScriptedDevice($"native-{number}");
                    script(device);
                    await device.OpenAsync();
                    _devices[$"{node}/native-{number}"] = device;
                    opened.Add(device);
                }

                return opened;
            });
            silo.Services.Configure<WorkOptions>(options => options.LookInterval = TimeSpan.FromSeconds(1));
            silo.Services.Configure(configure);
            var node = new NodeOptions { Node = $"node-{Interlocked.Increment(ref _silos)}" };
            place(node);
            silo.AddTwins(node);
            silo.AddKernel<OverloadBinding>();
            if (way is not null)
            {
                silo.AddOutgoingGrainCallFilter(context => way(context));
            }

            silo.ConfigureLogging(logging => logging.ClearProviders());
        });
        _cluster = builder.Build();
    }

    public IGrainFactory Grains => _cluster.Client;

    public InProcessTestCluster Cluster => _cluster;

    public ScriptedDevice Device(int node = 1, int number = 0) => _devices[$"node-{node}/native-{number}"];

    public ICollection<ScriptedDevice> Devices => _devices.Values;

    public static async Task<GridCluster> StartAsync(
        int silos = 1, int devices = 1, Action<WorkOptions>? configure = null, Action<ScriptedDevice>? script = null, Action<NodeOptions>? place = null,
        Func<IOutgoingGrainCallContext, Task>? way = null)
    {
        var grid = new GridCluster(silos, devices, configure ?? (_ => { }), script ?? (_ => { }), place ?? (_ => { }), way);
        await grid._cluster.DeployAsync();
        return grid;
    }

    public IWorkQueueGrain Queue(string site = "wuhan", int rows = Rows) => Grains.GetGrain<IWorkQueueGrain>($"{site}/window-statistics.{rows}");

    public IAcceleratorGrain Accelerator(int node = 1, int number = 0) => Grains.GetGrain<IAcceleratorGrain>($"node-{node}/native-{number}");

    public ComputeGrid GridOf(int silo = 0) => ((InProcessSiloHandle)_cluster.Silos[silo]).ServiceProvider.GetRequiredService<ComputeGrid>();

    /// <summary>The grid as the twins of a node's silo see it; which silo is which node's is not said.</summary>
    public ComputeGrid GridAt(int node) => _cluster.Silos.Select(silo => ((InProcessSiloHandle)silo).ServiceProvider)
        .Single(services => services.GetRequiredService<NodeDevices>().Node.Value == $"node-{node}").GetRequiredService<ComputeGrid>();

    /// <summary>A request that its answer tells from all others: its mean is its number.</summary>
    public static WindowStatisticsRequest Request(int number, TimeSpan? deadline = null, int windows = 1, int rows = Rows) =>
        new([.. Enumerable.Repeat((float)number, windows * rows)], rows)
        {
            Deadline = deadline is { } time ? DateTimeOffset.UtcNow + time : null,
        };

    /// <summary>Waits until every accelerator serves the queue, has tried its kernel and rests.</summary>
    public async Task<IWorkQueueGrain> ServedAsync(string site = "wuhan", int rows = Rows)
    {
        var queue = Queue(site, rows);
        await queue.GetSnapshot();
        var key = WorkQueueKey.Parse($"{site}/window-statistics.{rows}");
        foreach (var accelerator in _devices.Keys)
        {
            await TwinCluster.UntilAsync(async () =>
            {
                var snapshot = await Grains.GetGrain<IAcceleratorGrain>(accelerator).GetSnapshot();
                return snapshot.Queues.Contains(key) && snapshot.JobsDone >= 10;
            });
        }

        await RestingAsync(_devices.Count);
        return queue;
    }

    public Task RestingAsync(int accelerators) => TwinCluster.UntilAsync(async () =>
        (await Grains.GetGrain<IWorkBoardGrain>(IWorkBoardGrain.Key).GetSnapshot()).AcceleratorsResting >= accelerators);

    public async Task UntilAsync(Func<WorkQueueSnapshot, bool> condition)
    {
        var queue = Queue();
        await TwinCluster.UntilAsync(async () => condition(await queue.GetSnapshot()));
    }

    public static void Balances(WorkQueueSnapshot counts) =>
        Assert.Equal(counts.Taken, counts.Done + counts.Expired + counts.Failed + counts.Cancelled + counts.Open);

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices.Values)
        {
            device.Release();
        }

        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}
