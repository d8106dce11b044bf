using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace IndustrialTwin.Schemas;

/// <summary>
/// One part of a PostgreSQL database and its scripts. Which of them were applied stands in a table of the database's own. A database
/// that is up to date is only read, so that a silo may run as a user who cannot change the schema.
/// </summary>
/// <param name="scripts">The part's scripts.</param>
/// <param name="table">The table that remembers them.</param>
/// <param name="advisoryLock">The number of the lock under which they are applied: of several that come at once, one does the work.</param>
public sealed class PostgresSchema(SchemaScripts scripts, string table, long advisoryLock)
{
    /// <summary>The highest number that this program knows.</summary>
    public int Newest => scripts.Newest;

    /// <summary>Applies what is missing, in one transaction.</summary>
    /// <exception cref="SchemaException">The database is newer than this program can work with.</exception>
    public async Task<SchemaChange> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var before = await AppliedAsync(connection, cancellationToken);
        if (before >= scripts.Newest)
        {
            return new SchemaChange(scripts.Part, before, before);
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"""
                SELECT pg_advisory_xact_lock({advisoryLock});
                CREATE TABLE IF NOT EXISTS {table} (number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
                ALTER TABLE {table} ADD COLUMN IF NOT EXISTS needs integer
                """),
            cancellationToken);

        // Another may have done it while this one waited for the lock.
        before = await AppliedAsync(connection, cancellationToken);
        var after = before;
        foreach (var script in scripts.After(before))
        {
            await ExecuteAsync(connection, script.Text, cancellationToken);
            await ExecuteAsync(
                connection,
                string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {table} (number, needs) VALUES ({script.Number}, {script.Needs})"),
                cancellationToken);
            after = script.Number;
        }

        await transaction.CommitAsync(cancellationToken);
        return new SchemaChange(scripts.Part, before, after);
    }

    [SuppressMessage("Security", "CA2100", Justification = "The statements are this program's own.")]
    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [SuppressMessage("Security", "CA2100", Justification = "The table's name is this program's own.")]
    private async Task<int> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var exists = new NpgsqlCommand($"SELECT to_regclass('{table}') IS NOT NULL", connection))
        {
            if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
            {
                return 0;
            }
        }

        // By way of JSON, since tables of the first release have no column of that name.
        await using var command = new NpgsqlCommand(
            $"SELECT coalesce(max(number), 0), coalesce(max(coalesce((to_jsonb(t) ->> 'needs')::integer, number)), 0) FROM {table} t", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var applied = reader.GetInt32(0);
        scripts.Check(applied, reader.GetInt32(1));
        return applied;
    }
}
