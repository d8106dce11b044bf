using System.Net;
using IndustrialTwin.Hosting;
using Npgsql;
using Orleans.Configuration;
using Orleans.Storage;

namespace IndustrialTwin.Persistence;

/// <summary>Keeps twins' checkpoints and the silos' membership in the database that the options name.</summary>
internal static class PersistenceHosting
{
    private const string Storage = "twins";

    public static void AddTwinStorage(this ISiloBuilder silo, StorageOptions storage)
    {
        if (storage.Engine == StorageEngine.Sqlite)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(storage.Path))!);
            var source = new GatedSqliteDataSource(TwinsFile(storage.Path));
            using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(source.ConnectionString))
            {
                connection.Open();
                TwinSchema.Apply(connection);
            }

            Add(silo, "System.Data.SQLite", options => options.DataSource = source);
        }
        else
        {
            using (var connection = new NpgsqlConnection(storage.ConnectionString))
            {
                connection.Open();
                TwinSchema.Apply(connection);
            }

            Add(silo, "Npgsql", options => options.ConnectionString = storage.ConnectionString);
        }
    }

    /// <summary>One silo on SQLite is a cluster of its own; silos on one PostgreSQL database find each other there.</summary>
    public static void AddMembership(this ISiloBuilder silo, StorageOptions storage, GridClusterOptions cluster)
    {
        if (storage.Engine == StorageEngine.Sqlite)
        {
            silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, null, cluster.ServiceId, cluster.ClusterId);
        }
        else
        {
            silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", storage.ConnectionString));
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
        }

        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = IPAddress.Parse(cluster.Address);
            (options.SiloPort, options.GatewayPort) = (cluster.SiloPort, cluster.GatewayPort);
        });

        // Finds a dead silo within seconds, and a hung one in less than ten; the defaults take a minute for the latter.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            options.NumMissedProbesLimit = 3;
            options.NumVotesForDeathDeclaration = 2;

            // A silo that was cut off and is back learns within this that it was declared dead, and ends.
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        });
    }

    /// <summary>Checkpoints have a file beside the log's: two writers on one SQLite file would wait for each other's commits.</summary>
    public static string TwinsFile(string logFile) => Path.ChangeExtension(logFile, null) + ".twins" + Path.GetExtension(logFile);

    private static void Add(ISiloBuilder silo, string invariant, Action<AdoNetGrainStorageOptions> configure) =>
        silo.AddAdoNetGrainStorage(Storage, builder => builder.Configure<IServiceProvider>((options, services) =>
        {
            options.Invariant = invariant;
            options.GrainStorageSerializer = ActivatorUtilities.CreateInstance<OrleansGrainStorageSerializer>(services);
            configure(options);
        }));
}
