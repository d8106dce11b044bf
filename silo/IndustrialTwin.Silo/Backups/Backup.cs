using System.Security.Cryptography;
using System.Text.Json;
using IndustrialTwin.Audit;
using IndustrialTwin.Hosting;
using IndustrialTwin.Persistence;
using IndustrialTwin.Starting;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Backups;

/// <summary>
/// A copy of a silo's SQLite files in a folder, made while the silo works: checkpoints first, then the log, so that the log reaches at
/// least as far as any checkpoint and is replayed after it, then identities and the audit log. <c>backup.json</c> says what is in it.
/// The cluster's key is not: who has a backup is not to be able to make passes.
/// </summary>
internal static class Backup
{
    private const string Log = "log.db", Twins = "log.twins.db", Security = "log.security.db", Manifest = "backup.json";

    /// <summary>Makes one and verifies it.</summary>
    /// <exception cref="StartException">It cannot be made there, or what was copied is not good.</exception>
    public static async Task<StoredState> MakeAsync(StorageOptions storage, byte[][] keys, string folder, CancellationToken cancellationToken)
    {
        if (storage.Engine != StorageEngine.Sqlite)
        {
            throw new StartException("Storage:Engine is Postgres; expected Sqlite. Use pg_dump there, and 'verify' on what pg_restore made of it.");
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new StartException($"The folder '{folder}' is not empty; expected one for this backup alone.");
        }

        Directory.CreateDirectory(folder);
        foreach (var (from, to) in Files(storage.Path))
        {
            if (File.Exists(from))
            {
                Copy(from, Path.Combine(folder, to));
            }
        }

        var state = await StateOfAsync(folder, keys, null, cancellationToken);
        var hashes = Directory.EnumerateFiles(folder).ToDictionary(file => Path.GetFileName(file), HashOf);
        await File.WriteAllTextAsync(Path.Combine(folder, Manifest), JsonSerializer.Serialize(new Contents(hashes, state.Batches, state.Samples, state.AuditHead.Number, state.AuditHead.Hash)), cancellationToken);
        return state;
    }

    /// <summary>Says whether a backup is as it was made and holds what it says.</summary>
    /// <exception cref="StartException">It is not; the message says what is not.</exception>
    public static async Task<StoredState> VerifyAsync(string folder, byte[][] keys, CancellationToken cancellationToken)
    {
        var contents = Read(folder);
        foreach (var (name, hash) in contents.Files)
        {
            var file = Path.Combine(folder, Path.GetFileName(name));
            if (!File.Exists(file) || HashOf(file) != hash)
            {
                throw new StartException($"'{file}' is {(File.Exists(file) ? "not as it was when the backup was made" : "missing")}.");
            }
        }

        var state = await StateOfAsync(folder, keys, new AuditHead(contents.AuditNumber, contents.AuditHash), cancellationToken);
        return (state.Batches, state.Samples) == (contents.Batches, contents.Samples) ? state
            : throw new StartException($"The backup in '{folder}' has {state}; {contents.Batches} batches with {contents.Samples} samples were in it when it was made.");
    }

    /// <summary>Verifies a backup and puts its files where the settings say; nothing that is there is overwritten.</summary>
    /// <exception cref="StartException">It is not good, or there are files already.</exception>
    public static async Task<StoredState> RestoreAsync(StorageOptions storage, byte[][] keys, string folder, CancellationToken cancellationToken)
    {
        if (Files(storage.Path).Select(file => file.From).FirstOrDefault(File.Exists) is { } there)
        {
            throw new StartException($"'{there}' is there already; expected Storage:Path to name files that are not. Move them away first.");
        }

        var state = await VerifyAsync(folder, keys, cancellationToken);
        foreach (var (to, from) in Files(storage.Path))
        {
            if (File.Exists(Path.Combine(folder, from)))
            {
                File.Copy(Path.Combine(folder, from), to);
            }
        }

        return state;
    }

    /// <summary>Looks at a copy of the copy: looking changes an SQLite file.</summary>
    private static async Task<StoredState> StateOfAsync(string folder, byte[][] keys, AuditHead? anchor, CancellationToken cancellationToken)
    {
        var copy = Directory.CreateTempSubdirectory("itwin-backup-");
        try
        {
            foreach (var name in (string[])[Log, Security])
            {
                if (!File.Exists(Path.Combine(folder, name)))
                {
                    throw new StartException($"The backup in '{folder}' has no {name}.");
                }

                File.Copy(Path.Combine(folder, name), Path.Combine(copy.FullName, name));
            }

            return await StoredState.VerifyAsync(new StorageOptions { Path = Path.Combine(copy.FullName, Log) }, keys, anchor, cancellationToken);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            copy.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string From, string To)> Files(string path) =>
        [(PersistenceHosting.TwinsFile(path), Twins), (path, Log), (Path.ChangeExtension(Path.GetFullPath(path), null) + ".security.db", Security)];

    private static void Copy(string from, string to)
    {
        using var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Pooling = false, DefaultTimeout = 30 }.ToString());
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ToString());
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    private static Contents Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<Contents>(File.ReadAllText(Path.Combine(folder, Manifest))) ?? throw new JsonException("it is empty");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartException($"'{Path.Combine(folder, Manifest)}' cannot be read ({fault.Message.TrimEnd('.')}); expected what 'backup' wrote there.", fault);
        }
    }

    private static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private sealed record Contents(Dictionary<string, string> Files, long Batches, long Samples, long AuditNumber, string AuditHash);
}
