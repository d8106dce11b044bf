using System.Data.Common;
using IndustrialTwin.Audit;
using IndustrialTwin.Hosting;
using IndustrialTwin.Security;
using IndustrialTwin.Starting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace IndustrialTwin.Backups;

/// <summary>What a database says of itself, and whether it holds it: what was acknowledged was counted in the transaction that kept it.</summary>
/// <param name="Batches">Batches that were acknowledged.</param>
/// <param name="Samples">Samples of them.</param>
/// <param name="AuditHead">The newest audit record.</param>
internal sealed record StoredState(long Batches, long Samples, AuditHead AuditHead)
{
    /// <summary>One statement sees one moment: a silo that writes meanwhile makes more of both, and a purge fewer.</summary>
    private const string CountedAndKept = """
        SELECT counted.batches, counted.samples, kept.batches, kept.samples
        FROM (SELECT CAST(coalesce(sum(batches), 0) AS bigint) AS batches, CAST(coalesce(sum(samples), 0) AS bigint) AS samples FROM total) AS counted
        CROSS JOIN (SELECT count(*) AS batches, CAST(coalesce(sum(samples), 0) AS bigint) AS samples FROM entry WHERE kind = 0) AS kept
        """;

    /// <summary>In a sentence.</summary>
    public override string ToString() => $"{Batches} batches with {Samples} samples, and the audit log up to {AuditHead.Number}:{AuditHead.Hash}";

    /// <summary>Reads all of a database's log and audit log.</summary>
    /// <param name="storage">Where they are.</param>
    /// <param name="keys">The cluster's keys.</param>
    /// <param name="anchor">A head of the audit log that was kept elsewhere, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StartException">They are not as they were written; the message says what is not.</exception>
    public static async Task<StoredState> VerifyAsync(StorageOptions storage, byte[][] keys, AuditHead? anchor, CancellationToken cancellationToken)
    {
        await using DbConnection connection = storage.Engine == StorageEngine.Sqlite
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = storage.Path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString())
            : new NpgsqlConnection(storage.ConnectionString);
        long batches, samples;
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (storage.Engine == StorageEngine.Sqlite && await TextAsync(connection, "PRAGMA integrity_check", cancellationToken) is var found and not "ok")
            {
                throw new StartException($"The log in '{storage.Path}' is damaged: {found}.");
            }

            (batches, samples, var keptBatches, var keptSamples) = await CountsAsync(connection, cancellationToken);
            if (keptBatches < batches || keptSamples < samples)
            {
                throw new StartException($"The log has lost something: {batches} batches with {samples} samples were acknowledged, and {keptBatches} with {keptSamples} are there.");
            }
        }
        catch (DbException fault)
        {
            throw new StartException($"The log cannot be read: {fault.Message.TrimEnd('.')}.", fault);
        }

        await using var database = Identities.AccessHosting.Open(storage);
        var verdict = await new AuditLog(database, keys).VerifyAsync(anchor, cancellationToken);
        return verdict.IsGood ? new StoredState(batches, samples, verdict.Head) : throw new StartException($"The audit log is not as it was written: {verdict.Fault}.");
    }

    private static async Task<string?> TextAsync(DbConnection connection, string query, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, query);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private static async Task<(long Batches, long Samples, long KeptBatches, long KeptSamples)> CountsAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, CountedAndKept);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    private static DbCommand Command(DbConnection connection, string query)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = query;
#pragma warning restore CA2100
        return command;
    }
}
