using Acme.Overloads;
using IndustrialTwin.Controls;
using IndustrialTwin.Hosting;
using IndustrialTwin.Kernels;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Models;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;
using Xunit;

[assembly: AssemblyFixture(typeof(IndustrialTwin.Cluster.TwinCluster))]

namespace IndustrialTwin.Cluster;

/// <summary>
/// Two silos in this process with real twins on a real SQLite log and the processor as device. Every test takes machines of its own,
/// and can break the log or the checkpoints of those machines alone.
/// </summary>
public sealed class TwinCluster : IAsyncLifetime
{
    /// <summary>A model that the silos know: three values in, two out.</summary>
    internal const string Model = "dense-3x2";

    private const string Storage = "twins";

    private static int _lines;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-twins-");
    private InProcessTestCluster? _cluster;
    private ISampleLog? _log;

    internal BreakableLog Log { get; private set; } = null!;

    internal TwinStore Store { get; } = new();

    internal RecordedCommands Commands { get; } = new();

    internal IGrainFactory Grains => _cluster!.Client;

    /// <summary>What the silos can be asked for.</summary>
    internal KernelCatalogue Catalogue => ((InProcessSiloHandle)_cluster!.Silos[0]).ServiceProvider.GetRequiredService<KernelCatalogue>();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _log = await SampleLogHosting.OpenAsync(new SampleLogOptions { SqlitePath = Path.Combine(_folder.FullName, "log.db") });
        Log = new BreakableLog(_log);
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        var silos = 0;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<ISampleLog>(Log);
            silo.Services.AddSingleton<ICommandSink>(Commands);
            silo.Services.AddKeyedSingleton<IGrainStorage>(
                Storage, (services, _) => Store.For(services.GetRequiredService<Serializer>()));
            silo.Services.Configure<MachineOptions>(options =>
            {
                options.PendingBatchesMax = 4; // So that twins read back from the log now and then.
                options.CheckpointEntries = 7;
                options.CheckpointEntriesMin = 1;
                options.ReportInterval = TimeSpan.FromMilliseconds(100);
                options.DrainTimeout = TimeSpan.FromSeconds(2);
            });
            silo.AddTwins(new NodeOptions { Node = $"node-{Interlocked.Increment(ref silos)}" });
            silo.AddKernel<OverloadBinding>().AddModel(OnnxModel.Load(Model, OnnxBytes.Dense([1, -1, 2, 0.5f, 0, 3], [0.25f, -0.5f], inputs: 3)));
            silo.ConfigureLogging(logging => logging.ClearProviders());
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync();
            await _cluster.DisposeAsync();
        }

        await ((IAsyncDisposable)_log!).DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    /// <summary>A machine that no other test has, on a line of its own.</summary>
    internal static MachineKey NewMachine() => MachineKey.Parse($"site-{Interlocked.Increment(ref _lines)}/line-1/press-1");

    /// <summary>A declared machine that no other test has.</summary>
    internal async Task<(MachineKey Key, IMachineGrain Grain)> DeclaredAsync(Func<MachineDeclaration, MachineDeclaration>? change = null)
    {
        var key = NewMachine();
        var grain = Machine(key);
        var declaration = Plant.Declaration(key);
        Assert.True(await grain.Apply(change?.Invoke(declaration) ?? declaration));
        return (key, grain);
    }

    internal IMachineGrain Machine(MachineKey key) => Grains.GetGrain<IMachineGrain>(key.Value);

    /// <summary>Puts a twin to sleep and waits until it sleeps; the next call wakes another activation.</summary>
    internal async Task SleepAsync(MachineKey key)
    {
        var claims = Log.ClaimsOf(key);
        await Machine(key).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await UntilAsync(async () =>
        {
            await Machine(key).GetSnapshot();
            return Log.ClaimsOf(key) > claims;
        });
    }

    /// <summary>Has a twin move to the other silo and waits until it is there.</summary>
    internal async Task MoveAsync(MachineKey key)
    {
        var grain = Machine(key);
        var claims = Log.ClaimsOf(key);
        var from = await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, _cluster!.Silos.Select(silo => silo.SiloAddress).First(silo => !silo.Equals(from)));
        await grain.AsReference<IGrainManagementExtension>().MigrateOnIdle();
        RequestContext.Clear();
        await UntilAsync(async () => Log.ClaimsOf(key) > claims && !(await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain) ?? from)!.Equals(from));
    }

    /// <summary>The twin when it has caught up with its log.</summary>
    internal async Task<MachineSnapshot> CaughtUpAsync(MachineKey key)
    {
        var snapshot = await Machine(key).GetSnapshot();
        await UntilAsync(async () => (snapshot = await Machine(key).GetSnapshot()) is var now && now.LogPosition == now.AnalysedPosition);
        return snapshot;
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !await condition(); await Task.Delay(20))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(40), "What was waited for did not come.");
        }
    }
}
