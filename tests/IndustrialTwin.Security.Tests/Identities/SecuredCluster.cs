using System.Security.Cryptography;
using IndustrialTwin.Audit;
using IndustrialTwin.Hosting;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Security;
using IndustrialTwin.Sites;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;

[assembly: AssemblyFixture(typeof(IndustrialTwin.Identities.SecuredCluster))]

namespace IndustrialTwin.Identities;

/// <summary>Two silos whose doors are shut, with real twins, a real log, and two sites: one of tenant <c>alpha</c>, one of tenant <c>beta</c>.</summary>
public sealed class SecuredCluster : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-secured-");
    private InProcessTestCluster? _cluster;
    private ISampleLog? _log;

    internal byte[] ClusterKey { get; } = RandomNumberGenerator.GetBytes(32);

    internal SecurityDatabase Database { get; private set; } = null!;

    internal AuditLog Audit { get; private set; } = null!;

    internal AccessStore Store { get; private set; } = null!;

    internal string AuditFile => Path.Combine(_folder.FullName, "security.db");

    internal IGrainFactory Client => _cluster!.Client;

    internal IServiceProvider Silo => _cluster!.Silos[0].ServiceProvider;

    internal IEnumerable<IServiceProvider> Silos => _cluster!.Silos.Select(silo => silo.ServiceProvider);

    internal IAccess Door => Silo.GetRequiredService<IAccess>();

    internal static MachineKey Alpha { get; } = MachineKey.Parse("alpha-1/line-1/press-1");

    internal static MachineKey Beta { get; } = MachineKey.Parse("beta-1/line-1/press-1");

    public async ValueTask InitializeAsync()
    {
        var options = new SampleLogOptions { SqlitePath = Path.Combine(_folder.FullName, "log.db") };
        _log = await SampleLogHosting.OpenAsync(options);
        Database = SecurityDatabase.OpenSqlite(AuditFile);
        Audit = new AuditLog(Database, [ClusterKey]);
        Store = new AccessStore(Database, TimeProvider.System);
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        var silos = 0;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(_log);
            silo.Services.AddSingleton<IAuditLog>(Audit);
            silo.Services.AddSingleton<IAccessStore>(Store);
            silo.Services.AddSingleton(new LogMeter(Options.Create(options)));
            silo.Services.AddSingleton<ISiloCount>(new TwoSilos());
            silo.Services.Configure<SecurityOptions>(security => security.RefreshInterval = TimeSpan.FromMilliseconds(100));
            silo.AddMemoryGrainStorage("twins");
            silo.AddTwins(new NodeOptions { Node = $"node-{Interlocked.Increment(ref silos)}" });
            silo.AddRequiredAccess([ClusterKey]);
            silo.ConfigureLogging(logging => logging.ClearProviders());
        });
        _cluster = builder.Build();
        // The test cluster's own client asks silos how they are; only this call is let do so.
        var silo = new PassSeal([ClusterKey]).Sign(new PassSeal.Claims("1", "silo", "silo", Role.Administrator, [Caller.Everywhere], null, long.MaxValue, Silo: true));
        await AsAsync(silo, () => _cluster.DeployAsync());
        await Store.SetTenantAsync(new Tenant("alpha", ["alpha-1"]));
        await Store.SetTenantAsync(new Tenant("beta", ["beta-1"]));
        await UntilAsync(() => Task.FromResult(Silo.GetRequiredService<AccessBook>().Now.Tenants.Count >= 2));
        await AsAsync(Pass(Role.Administrator, Caller.Everywhere), async () =>
        {
            foreach (var machine in (MachineKey[])[Alpha, Beta])
            {
                await Client.GetGrain<ISiteGrain>(machine.Site.Value).Apply(Site(machine));
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.StopAllSilosAsync();
            await _cluster.DisposeAsync();
        }

        await ((IAsyncDisposable)_log!).DisposeAsync();
        await Database.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    /// <summary>A pass that the door would give to such a caller.</summary>
    internal string Pass(Role role, string scope, string? tenant = null, string name = "somebody") =>
        Door.Issue(new Caller(name, name, role, [scope], tenant, Proof: new Proof(SignInWay.Key, TimeProvider.System.NowUs())), TimeSpan.FromMinutes(5)).Text;

    /// <summary>Runs calls that carry a pass, or whatever else somebody puts there.</summary>
    internal static async Task<T> AsAsync<T>(string? pass, Func<Task<T>> calls)
    {
        Identities.Pass.Carried = pass;
        return await calls();
    }

    internal static async Task AsAsync(string? pass, Func<Task> calls)
    {
        Identities.Pass.Carried = pass;
        await calls();
    }

    internal static SiteDeclaration Site(MachineKey machine, int machines = 1) => new(machine.Site, machine.Site.Value, [
        new LineDeclaration(machine.Line, "Line", [.. Enumerable.Range(1, machines).Select(number => Machine(MachineKey.Parse($"{machine.Line}/press-{number}")))])]);

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !await condition(); await Task.Delay(20))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "What was waited for did not come.");
        }
    }

    internal static SampleBatch Batch(MachineKey machine, long sequence, int rows = 10)
    {
        var times = Enumerable.Range(0, rows).Select(row => 1_700_000_000_000_000 + (((sequence * rows) + row) * 1_000)).ToArray();
        return new SampleBatch(machine, "plc", 1, sequence, [new SampleColumn("force", times, new double[rows])]);
    }

    private static MachineDeclaration Machine(MachineKey key) => new(
        key, "press", "Press", [new ChannelDeclaration("force", "kN", -1000, 1000, 1000)], [], [], null, TimeSpan.FromHours(1), null, "1");

    private sealed class TwoSilos : ISiloCount
    {
        public int Count => 2;
    }
}
