using System.Net;
using System.Security.Cryptography;
using IndustrialTwin.Audit;
using IndustrialTwin.Certificates;
using IndustrialTwin.Hosting;
using IndustrialTwin.Security;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace IndustrialTwin.Identities;

/// <summary>A real client of a real silo whose pass runs out while it goes on calling.</summary>
public sealed class ClientSignInTests : IAsyncLifetime
{
    /// <summary>A client asks for another pass 20 s before its own ends, so after <see cref="Kept"/>; whatever the machine does, a call has those 20 s.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(23), Kept = TimeSpan.FromSeconds(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-renewal-");
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly int _gateway = TlsSilo.FreePort();
    private SecurityDatabase _database = null!;
    private AccessStore _store = null!;
    private IHost _silo = null!;
    private int _signIns;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = SecurityDatabase.OpenSqlite(Path.Combine(_folder.FullName, "security.db"));
        _store = new AccessStore(_database, TimeProvider.System);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IAuditLog>(new AuditLog(_database, [_key]));
        builder.Services.AddSingleton<IAccessStore>(_store);
        builder.Services.AddSingleton<ISiloCount>(new One());
        builder.Services.Configure<SecurityOptions>(security => (security.RefreshInterval, security.PassLifetime) = (TimeSpan.FromMilliseconds(200), Lifetime));
        builder.UseOrleans(orleans => orleans
            .UseLocalhostClustering(TlsSilo.FreePort(), _gateway, serviceId: "plant", clusterId: TlsSilo.Cluster)
            .AddIncomingGrainCallFilter(context =>
            {
                if (context.InterfaceMethod.DeclaringType == typeof(ISignInGrain))
                {
                    Interlocked.Increment(ref _signIns);
                }

                return context.Invoke();
            })
            .AddRequiredAccess([_key]));
        _silo = builder.Build();
        await _silo.StartAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _silo.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _silo.Dispose();
        await _database.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_pass_that_runs_out_is_renewed_before_while_calls_go_on_and_a_revoked_key_gets_no_other()
    {
        var (stored, text) = KeyText.Make(new AccessKeyRequest("client", Role.Administrator, Caller.Everywhere), 1);
        await _store.AddKeyAsync(stored, Cancelled);
        using var client = await ConnectAsync(text);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync(client)));
        Assert.Equal(1, Volatile.Read(ref _signIns)); // Calls at once ask for one pass.

        var begun = TimeProvider.System.GetTimestamp();
        await SecuredCluster.UntilAsync(async () =>
        {
            await CallAsync(client); // None is ever refused.
            return Volatile.Read(ref _signIns) >= 3;
        });
        Assert.True(TimeProvider.System.GetElapsedTime(begun) >= Kept, "The client asked for another pass although its own had time.");

        await _store.RevokeKeyAsync(stored.Key.Id, 2, Cancelled);
        await SecuredCluster.UntilAsync(async () => await Record.ExceptionAsync(() => CallAsync(client)) is AccessDeniedException { IsKnown: false });
    }

    private static Task<AccessKey[]> CallAsync(IHost client) => client.Services.GetRequiredService<IClusterClient>().GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).List();

    private async Task<IHost> ConnectAsync(string credential)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        IHost? host = null;
        builder.UseOrleansClient(client => client
            .AddOutgoingGrainCallFilter(new ClientSignIn(credential, () => host!.Services.GetRequiredService<IClusterClient>()))
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, _gateway))
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (TlsSilo.Cluster, "plant"))
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(15)));
        host = builder.Build();
        await host.StartAsync(Cancelled);
        return host;
    }

    private sealed class One : ISiloCount
    {
        public int Count => 1;
    }
}
