using System.Runtime.CompilerServices;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using Npgsql;

namespace IndustrialTwin.Samples.Postgres;

/// <summary>The log on a PostgreSQL server, shared by all silos of a cluster.</summary>
internal sealed class PostgresLogStore(string connectionString) : ILogStore
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <inheritdoc/>
    public string System => "postgresql";

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await LogSchema.Postgres.MigrateAsync(connection, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CommitAsync(IReadOnlyList<LogWrite> group, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);

        await new PostgresClaims(connection).ClaimAsync(group.OfType<ClaimWrite>().ToList(), cancellationToken);

        // An empty group asks whether the server takes writes, and so writes.
        if (group.Count == 0 || group.Any(write => write is not ClaimWrite))
        {
            await new PostgresLogGroup(connection, group).CommitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public bool IsUnavailable(Exception fault) => fault switch
    {
        // Classes 22 and 23 are about the data; everything else is about the server.
        PostgresException postgres => !(postgres.SqlState.StartsWith("22", StringComparison.Ordinal) || postgres.SqlState.StartsWith("23", StringComparison.Ordinal)),
        NpgsqlException or IOException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoggedEntry>> ReadEntriesAsync(MachineKey machine, long afterPosition, int entriesMax, CancellationToken cancellationToken) =>
        ReadEntriesAsync("", machine, afterPosition, entriesMax, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoggedEntry>> ReadEventsAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken) =>
        ReadEntriesAsync("AND e.source = ''", machine, afterPosition, int.MaxValue, cancellationToken); // No batch's source is empty.

    private async Task<IReadOnlyList<LoggedEntry>> ReadEntriesAsync(
        string which, MachineKey machine, long afterPosition, int entriesMax, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are this class' own.
        await using var command = _source.CreateCommand($"""
            SELECT e.position, e.kind, e.source, e.epoch, e.sequence, e.samples, e.samples_quarantined, e.payload
            FROM entry e JOIN machine m ON m.id = e.machine
            WHERE m.key = $1 AND e.position > $2 {which} ORDER BY e.position LIMIT $3
            """);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = machine.Value });
        command.Parameters.Add(new() { Value = afterPosition });
        command.Parameters.Add(new() { Value = entriesMax });
        var entries = new List<LoggedEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new LoggedEntry(
                reader.GetInt64(0), (LogEntryKind)reader.GetInt16(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetInt32(5), reader.GetInt32(6), (byte[])reader[7]));
        }

        return entries;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TimedPayload> ReadBatchesAsync(MachineKey machine, long fromUs, long toUs, CancellationToken cancellationToken) =>
        ReadStretchesAsync(
            """
            SELECT e.first_us, e.position, e.payload FROM entry e JOIN machine m ON m.id = e.machine
            WHERE m.key = $1 AND e.kind = 0 AND e.samples > 0
              AND e.first_us <= $3 AND e.first_us >= greatest($2, -4000000000000000000) - m.span_us AND e.last_us >= $2
            ORDER BY e.first_us
            """,
            machine, null, fromUs, toUs, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<TimedPayload> ReadBlocksAsync(
        MachineKey machine, string feature, long fromUs, long toUs, CancellationToken cancellationToken) =>
        ReadStretchesAsync(
            """
            SELECT b.first_us, b.position, b.payload FROM block b JOIN feature f ON f.id = b.feature JOIN machine m ON m.id = f.machine
            WHERE m.key = $1 AND f.name = $4
              AND b.first_us <= $3 AND b.first_us >= greatest($2, -4000000000000000000) - f.span_us AND b.last_us >= $2
            ORDER BY b.first_us
            """,
            machine, feature, fromUs, toUs, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("""
            SELECT received_us, machine, topic, reason, detail, payload, samples, payload_bytes
            FROM quarantine WHERE $2::text IS NULL OR machine = $2 ORDER BY position DESC LIMIT $1
            """);
        command.Parameters.Add(new() { Value = recordsMax });
        command.Parameters.Add(new() { Value = (object?)machine?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        var records = new List<QuarantineRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            records.Add(new QuarantineRecord(
                reader.GetInt64(0), reader[1] as string, reader[2] as string, (QuarantineReason)reader.GetInt16(3), reader.GetString(4),
                (byte[])reader[5], reader.GetInt32(6), reader.GetInt32(7)));
        }

        return records;
    }

    /// <inheritdoc/>
    public async Task<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("""
            SELECT coalesce(sum(batches), 0)::bigint, coalesce(sum(samples), 0)::bigint,
                coalesce(sum(quarantine_records), 0)::bigint, coalesce(sum(quarantined_samples), 0)::bigint FROM total
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LogTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async IAsyncEnumerable<TimedPayload> ReadStretchesAsync(
        string query, MachineKey machine, string? feature, long fromUs, long toUs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(query);
        command.Parameters.Add(new() { Value = machine.Value });
        command.Parameters.Add(new() { Value = fromUs });
        command.Parameters.Add(new() { Value = toUs });
        if (feature is not null)
        {
            command.Parameters.Add(new() { Value = feature });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new TimedPayload(reader.GetInt64(0), reader.GetInt64(1), (byte[])reader[2]);
        }
    }
}
