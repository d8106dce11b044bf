using IndustrialTwin.Hosting;
using IndustrialTwin.Machines;
using IndustrialTwin.Persistence;
using IndustrialTwin.Samples;
using IndustrialTwin.Starting;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IndustrialTwin.Purges;

/// <summary>
/// A silo's SQLite files, locked against everybody else while a machine is taken out: what is deleted is overwritten, and in the end the
/// files are written anew, since earlier checkpoints may still lie in pages that nothing points to.
/// </summary>
internal sealed class SqlitePurgeStore(SqliteConnection connection, MachineKey machine, string serviceId) : PurgeStore(connection, machine, serviceId)
{
    private const int LockSeconds = 2, ReadSeconds = 30;

    /// <inheritdoc/>
    protected override string Lock => "";

    /// <inheritdoc/>
    protected override string Count => """
        UPDATE total SET batches = batches + @p0, samples = samples + @p1,
            quarantine_records = quarantine_records + @p2, quarantined_samples = quarantined_samples + @p3
        """;

    /// <inheritdoc/>
    protected override string? Reminders => null;

    /// <summary>Opens the log's file, with the checkpoints' beside it.</summary>
    /// <exception cref="StartException">Somebody else has it open.</exception>
    public static SqliteConnection Open(StorageOptions storage, bool isToRead)
    {
        var twins = PersistenceHosting.TwinsFile(storage.Path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = storage.Path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = isToRead ? ReadSeconds : LockSeconds,
        }.ToString());
        try
        {
            connection.Open();
            if (!isToRead)
            {
                // Whoever has a file with a write-ahead log open holds a lock on it, also between its transactions.
                Run(connection, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
                LogSchema.Migrate(connection);
            }

            using (var other = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = twins, Pooling = false, DefaultTimeout = ReadSeconds }.ToString()))
            {
                other.Open();
                TwinSchema.Apply(other);
            }

            using (var attach = connection.CreateCommand())
            {
                attach.CommandText = "ATTACH DATABASE $file AS twins";
                attach.Parameters.AddWithValue("$file", twins);
                attach.ExecuteNonQuery();
            }

            Run(connection, "PRAGMA main.secure_delete = ON; PRAGMA twins.secure_delete = ON; PRAGMA main.synchronous = FULL; PRAGMA twins.synchronous = FULL");
            return connection;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            connection.Dispose();
            throw new StartException($"Storage:Path is '{storage.Path}', which a silo or another program has open. End it; what is on SQLite is purged while nobody uses it.", fault);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<string?> ScrubAsync(CancellationToken cancellationToken)
    {
        var handle = ((SqliteConnection)Connection).Handle!;
        using var _ = cancellationToken.UnsafeRegister(static handle => raw.sqlite3_interrupt((sqlite3)handle!), handle);
        foreach (var statement in (string[])["VACUUM main", "VACUUM twins", "PRAGMA main.wal_checkpoint(TRUNCATE)", "PRAGMA twins.wal_checkpoint(TRUNCATE)"])
        {
            cancellationToken.ThrowIfCancellationRequested();
            Run((SqliteConnection)Connection, statement);
        }

        return Task.FromResult<string?>(null);
    }

    private static void Run(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = statements;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
