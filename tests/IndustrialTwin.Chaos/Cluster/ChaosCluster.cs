using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IndustrialTwin.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;

namespace IndustrialTwin.Chaos;

/// <summary>Three silos, a PostgreSQL server and a broker, each on a host of its own.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private const string Id = "industrialtwin";
    private const int DatabasePort = 5432;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-chaos-");
    private readonly string _program;

    private ChaosCluster(string program) => _program = program;

    public Network Network { get; } = new();

    public List<Silo> Silos { get; } = [];

    public PostgresServer Database { get; private set; } = null!;

    public Host DatabaseHost { get; private set; } = null!;

    /// <summary>The database that follows the first, or null.</summary>
    public PostgresServer? Standby { get; private set; }

    public Broker Broker { get; private set; } = null!;

    /// <summary>How silos reach the database.</summary>
    public string ConnectionString { get; private set; } = string.Empty;

    public string Folder => _folder.FullName;

    /// <summary>The silo's program that this build made.</summary>
    public static string Program { get; } = Path.Combine(
        Checkout.Root, "silo/IndustrialTwin.Silo/bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "IndustrialTwin.Silo.dll");

    /// <summary>Why no cluster can be started here, or null.</summary>
    public static async Task<string?> WhyNotAsync() =>
        await PostgresServer.WhyNotAsync() ?? (Broker.Program is null ? "mosquitto is not installed (Debian: apt-get install mosquitto)." : null);

    /// <summary>Starts everything and returns when all silos are ready.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "Disposed with the cluster.")]
    public static async Task<ChaosCluster> StartAsync(ClusterPlan options)
    {
        var cluster = new ChaosCluster(options.Program ?? Program);
        try
        {
            await cluster.BeginAsync(options);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>An Orleans client of the cluster, which learns from the membership table which gateways there are.</summary>
    public async Task<(IHost Host, IClusterClient Client)> ConnectAsync()
    {
        var host = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        host.Logging.ClearProviders();
        host.UseOrleansClient(client => client
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", ConnectionString))
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Id, Id))
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1))
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5)));
        var built = host.Build();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await built.StartAsync();
                return (built, built.Services.GetRequiredService<IClusterClient>());
            }
            catch (Exception) when (attempt < 20)
            {
                await Task.Delay(500);
            }
        }
    }

    /// <summary>Ends every fault that is still there, and waits until all silos are ready. Answers how long that took.</summary>
    public async Task<TimeSpan> HealAsync()
    {
        var started = Stopwatch.StartNew();
        Network.Heal();
        foreach (var silo in Silos.Where(silo => silo.IsPaused))
        {
            silo.Resume();
        }

        if (Database.ProcessId is null)
        {
            await Database.StartAsync();
        }

        // A silo that finds itself declared dead ends its process, for its orchestrator to start it again.
        while (true)
        {
            foreach (var silo in Silos.Where(silo => !silo.IsRunning))
            {
                silo.Launch();
            }

            try
            {
                await Task.WhenAll(Silos.Select(silo => silo.ReadyAsync(StartTimeout)));
                if (await MembersAsync() == Silos.Count && Silos.TrueForAll(silo => silo.IsRunning))
                {
                    return started.Elapsed;
                }
            }
            catch (Exception fault) when (fault is InvalidOperationException or NpgsqlException && started.Elapsed < StartTimeout)
            {
            }

            await Task.Delay(200);
        }
    }

    /// <summary>How many silos the membership table calls active, or another status.</summary>
    public async Task<long> MembersAsync(SiloStatus status = SiloStatus.Active)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM OrleansMembershipTable WHERE Status = $1", connection);
        command.Parameters.Add(new() { Value = (int)status });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A connection of the suite's own to the database, which no fault of the silos' network touches.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Makes the standby the database.</summary>
    public async Task FailOverAsync()
    {
        await Database.StopAsync();
        await Standby!.PromoteAsync();
        (Database, Standby) = (Standby, Database);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Silos)
        {
            await silo.DisposeAsync();
        }

        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }

        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        if (Standby is not null)
        {
            await Standby.DisposeAsync();
        }

        Network.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A silo on a new host.</summary>
    public Silo Add(string name, IReadOnlyDictionary<string, string> settings)
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = name }.ToString();
        var silo = new Silo(Network.Add(name), _program, Path.Combine(Folder, name), new Dictionary<string, string>
        {
            ["Storage__Engine"] = "Postgres",
            ["Storage__ConnectionString"] = connection,
            ["Mqtt__Mode"] = "External",
            ["Mqtt__Host"] = Broker.Host.Address.ToString(),
            ["Mqtt__Port"] = Broker.Port.ToString(CultureInfo.InvariantCulture),
            ["Mqtt__ClientId"] = name,
            ["Mqtt__ReceiveMax"] = "8192",
            ["Mqtt__ReconnectDelayMax"] = "00:00:02",
        }.Concat(settings).GroupBy(setting => setting.Key).ToDictionary(setting => setting.Key, setting => setting.Last().Value));
        Silos.Add(silo);
        return silo;
    }

    private async Task BeginAsync(ClusterPlan options)
    {
        if (await WhyNotAsync() is { } reason)
        {
            throw new FaultNotHereException(reason);
        }

        DatabaseHost = Network.Add("database");
        Database = await PostgresServer.StartOrSkipAsync(new PostgresPlace
        {
            Address = DatabaseHost.Address, Port = DatabasePort, Prefix = DatabaseHost.Prefix, Folder = options.DatabaseFolder, LogFolder = options.DatabaseLogFolder,
            Settings = options.HasStandby ? [.. options.DatabaseSettings, "synchronous_standby_names=*"] : options.DatabaseSettings,
        });
        if (options.HasStandby)
        {
            var host = Network.Add("standby");
            Standby = await Database.StartStandbyAsync(new PostgresPlace { Address = host.Address, Port = DatabasePort, Prefix = host.Prefix, Settings = options.DatabaseSettings });
        }

        var connectionString = new NpgsqlConnectionStringBuilder(await Database.CreateDatabaseAsync()) { Timeout = 5, KeepAlive = 5 };
        if (Standby is not null)
        {
            (connectionString.Host, connectionString.TargetSessionAttributes) = ($"{Database.Place.Address},{Standby.Place.Address}", "primary");
        }

        ConnectionString = connectionString.ToString();
        Broker = new Broker(Network.Add("broker"), Path.Combine(Folder, "broker"));
        await Broker.StartAsync();
        for (var number = 1; number <= options.Silos; number++)
        {
            var silo = Add($"silo-{number}", options.Settings);
            silo.Launch();
        }

        await Task.WhenAll(Silos.Select(silo => silo.ReadyAsync(StartTimeout)));
        await using var connection = await OpenAsync();
        await Witness.InstallAsync(connection);
    }
}
