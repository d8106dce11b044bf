using System.Net;
using System.Net.Sockets;
using IndustrialTwin.Hosting;
using IndustrialTwin.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace IndustrialTwin.Persistence;

/// <summary>A silo with nothing in it but the product's storage and membership.</summary>
internal sealed class StorageSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private StorageSilo(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>("twins");

    public static async Task<StorageSilo> StartAsync(
        StorageOptions storage, string cluster = "test", Action<ISiloBuilder>? configure = null)
    {
        var options = new GridClusterOptions { ClusterId = cluster, ServiceId = "test", SiloPort = FreePort(), GatewayPort = FreePort() };
        var host = Host.CreateEmptyApplicationBuilder(null);
        host.Logging.SetMinimumLevel(LogLevel.Error);
        host.UseOrleans(silo =>
        {
            silo.AddTwinStorage(storage);
            silo.AddMembership(storage, options);
            configure?.Invoke(silo);
        });
        var built = host.Build();
        await built.StartAsync();
        return new StorageSilo(built);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>An empty database of one engine, which goes with the test.</summary>
internal sealed class StorageDatabase : IDisposable
{
    private readonly DirectoryInfo? _folder;

    private StorageDatabase(StorageOptions options, DirectoryInfo? folder) => (Options, _folder) = (options, folder);

    public StorageOptions Options { get; }

    public static async Task<StorageDatabase> CreateAsync(StorageEngine engine)
    {
        var folder = engine == StorageEngine.Sqlite ? Directory.CreateTempSubdirectory("itwin-twins-") : null;
        return new StorageDatabase(
            new StorageOptions
            {
                Engine = engine,
                Path = Path.Combine(folder?.FullName ?? "unused", "log.db"),
                ConnectionString = engine == StorageEngine.Postgres ? await SharedPostgres.CreateDatabaseAsync() : string.Empty,
            },
            folder);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder?.Delete(recursive: true);
    }
}
