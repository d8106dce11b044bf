using System.Security.Cryptography;
using IndustrialTwin.Audit;
using IndustrialTwin.Exposure;
using IndustrialTwin.Hosting;
using IndustrialTwin.Security;
using IndustrialTwin.Starting;
using IndustrialTwin.Tenants;

namespace IndustrialTwin.Identities;

/// <summary>Decides whether anybody has to sign in, and where identities and the audit log are kept.</summary>
internal static class AccessHosting
{
    /// <summary>Whether anybody has to sign in: as the settings say, or else as soon as other computers can reach the silo.</summary>
    public static bool IsRequired(SecurityOptions security, IConfiguration configuration, bool isBeyondLoopback) => security.Access switch
    {
        AccessMode.Required => true,
        AccessMode.Open => false,
        _ => isBeyondLoopback && !(configuration.GetSection(ExposureOptions.Section).Get<ExposureOptions>()?.AllowAnonymous ?? false),
    };

    /// <summary>Puts the door in, open or shut.</summary>
    /// <exception cref="StartException">There is no cluster key where one is needed.</exception>
    public static void AddAccess(this ISiloBuilder silo, SecurityOptions security, StorageOptions storage, bool isRequired)
    {
        var keys = Keys(security, storage, isRequired);
        var database = Open(storage);
        silo.Services.AddSingleton(database);
        silo.Services.AddSingleton<IAuditLog>(_ => new AuditLog(database, keys));
        silo.Services.AddSingleton<IAccessStore, AccessStore>();
        silo.Services.AddSingleton<ISiloCount, ActiveSilos>();
        if (isRequired)
        {
            silo.AddRequiredAccess(keys);
        }
        else
        {
            silo.Services.AddOpenAccess();
        }
    }

    /// <summary>The database of identities and the audit log: PostgreSQL's, or a file beside the log's.</summary>
    public static SecurityDatabase Open(StorageOptions storage) => storage.Engine == StorageEngine.Sqlite
        ? SecurityDatabase.OpenSqlite(Beside(storage, ".security.db"))
        : SecurityDatabase.OpenPostgresAsync(storage.ConnectionString).GetAwaiter().GetResult(); // Nothing else runs yet that could be kept waiting.

    /// <summary>The cluster's keys. One silo on SQLite is a cluster of its own and makes itself one; what is on PostgreSQL is told.</summary>
    public static byte[][] Keys(SecurityOptions security, StorageOptions storage, bool isRequired)
    {
        try
        {
            if (security.ReadKeys() is { Length: > 0 } told)
            {
                return told;
            }

            if (storage.Engine == StorageEngine.Sqlite)
            {
                var file = Beside(storage, ".cluster-key");
                if (!File.Exists(file))
                {
                    Make(file);
                }

                return new SecurityOptions { ClusterKeyFile = file }.ReadKeys();
            }
        }
        catch (Exception fault) when (fault is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The cluster's key cannot be read: {fault.Message}", fault);
        }

        return !isRequired ? [] : throw new StartException(
            $"{SecurityOptions.Section}:ClusterKey is not set, and silos on one PostgreSQL database know each other by it. Set it, or ClusterKeyFile, to the same on all of them; 'openssl rand -base64 32' makes one.");
    }

    private static string Beside(StorageOptions storage, string ending) => Path.ChangeExtension(Path.GetFullPath(storage.Path), null) + ending;

    private static void Make(string file)
    {
        var draft = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new StreamWriter(draft, options))
        {
            stream.Write(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        }

        File.Move(draft, file, overwrite: false);
    }
}
