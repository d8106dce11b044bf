using IndustrialTwin.Hosting;
using IndustrialTwin.Machines;
using IndustrialTwin.Persistence;
using IndustrialTwin.Samples;
using IndustrialTwin.Schemas;
using IndustrialTwin.Starting;
using Npgsql;

namespace IndustrialTwin.Purges;

/// <summary>A PostgreSQL database that a machine is taken out of while silos work on it.</summary>
internal sealed class PostgresPurgeStore(NpgsqlConnection connection, MachineKey machine, string serviceId) : PurgeStore(connection, machine, serviceId)
{
    private const long AdvisoryLock = 4_702_115;

    /// <inheritdoc/>
    protected override string Lock => "FOR UPDATE";

    /// <inheritdoc/>
    protected override string Count => """
        INSERT INTO total AS t VALUES (-1, @p0, @p1, @p2, @p3) ON CONFLICT (writer) DO UPDATE SET
            batches = t.batches + excluded.batches, samples = t.samples + excluded.samples,
            quarantine_records = t.quarantine_records + excluded.quarantine_records,
            quarantined_samples = t.quarantined_samples + excluded.quarantined_samples
        """;

    /// <inheritdoc/>
    protected override string? Reminders => "FROM OrleansRemindersTable WHERE GrainId = 'itwin.machine/' || @p0";

    /// <summary>Opens the database.</summary>
    /// <exception cref="StartException">Another purge is under way, or a newer program has given the database tables that this one may not know.</exception>
    public static async Task<NpgsqlConnection> OpenAsync(StorageOptions storage, bool isToRead, CancellationToken cancellationToken)
    {
        // One connection, since the lock is its own; and no limit of time, since what it counts and frees may be large.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(storage.ConnectionString) { Pooling = false, CommandTimeout = 0 }.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            foreach (var schema in (PostgresSchema[])[LogSchema.Postgres, TwinSchema.Postgres])
            {
                var version = (await schema.MigrateAsync(connection, cancellationToken)).After;
                if (version > schema.Newest)
                {
                    throw new StartException($"The database's schema is at version {version}, and this program knows {schema.Newest}: it may hold what this one does not know of. Purge with the newer program.");
                }
            }

            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({AdvisoryLock})", connection);
            return isToRead || (bool)(await command.ExecuteScalarAsync(cancellationToken))! ? connection
                : throw new StartException("Another purge is under way on this database. Wait until it has ended.");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<string?> ScrubAsync(CancellationToken cancellationToken)
    {
        var said = new List<string>();
        void Hear(object sender, NpgsqlNoticeEventArgs notice)
        {
            if (notice.Notice.InvariantSeverity == "WARNING")
            {
                said.Add(notice.Notice.MessageText);
            }
        }

        ((NpgsqlConnection)Connection).Notice += Hear;
        await RunAsync($"VACUUM {string.Join(", ", MachineRows.Tables)}", [], cancellationToken);
        ((NpgsqlConnection)Connection).Notice -= Hear;
        return said.Count == 0 ? null : $"PostgreSQL did not vacuum: {string.Join("; ", said)}. Have the tables' owner run VACUUM.";
    }
}
