using System.Runtime.CompilerServices;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Samples.Sqlite;

/// <summary>The log in one SQLite file: write-ahead log, fsync at every commit, one writing connection, readers beside it.</summary>
internal sealed class SqliteLogStore : ILogStore
{
    private readonly SqliteThread _thread = new();
    private readonly string _path;
    private readonly string _readers;
    private readonly long _bytesMax;
    private SqliteLogWriter? _writer;
    private SqliteCheckpoints? _checkpoints;

    public SqliteLogStore(string path, long bytesMax)
    {
        _bytesMax = bytesMax;
        _path = Path.GetFullPath(path);
        _readers = new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly, Pooling = true, DefaultTimeout = 10 }.ToString();
    }

    /// <inheritdoc/>
    public string System => "sqlite";

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _writer = SqliteLogWriter.Open(_path, _bytesMax);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task CommitAsync(IReadOnlyList<LogWrite> group, CancellationToken cancellationToken) => _thread.RunAsync(() => Commit(group));

    private void Commit(IReadOnlyList<LogWrite> group)
    {
        _writer ??= SqliteLogWriter.Open(_path, _bytesMax);
        try
        {
            _writer.Commit(group);
        }
        catch
        {
            // A connection that failed may hold a half-done transaction: the next group gets a new one.
            _writer.Dispose();
            _writer = null;
            throw;
        }

        (_checkpoints ??= new SqliteCheckpoints(_path)).Committed(_writer.Connection);
    }

    /// <inheritdoc/>
    public bool IsUnavailable(Exception fault) => fault switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is not (SQLitePCL.raw.SQLITE_TOOBIG or SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_MISMATCH),
        IOException or UnauthorizedAccessException => true,
        _ => false,
    };

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoggedEntry>> ReadEntriesAsync(MachineKey machine, long afterPosition, int entriesMax, CancellationToken cancellationToken) =>
        ReadEntriesAsync("", machine, afterPosition, entriesMax, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LoggedEntry>> ReadEventsAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken) =>
        ReadEntriesAsync("AND e.source = ''", machine, afterPosition, -1, cancellationToken); // No batch's source is empty; -1 is no limit.

    private async Task<IReadOnlyList<LoggedEntry>> ReadEntriesAsync(
        string which, MachineKey machine, long afterPosition, int entriesMax, CancellationToken cancellationToken)
    {
        using var connection = await OpenAsync(cancellationToken);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this class' own.
        command.CommandText = $"""
            SELECT e.position, e.kind, e.source, e.epoch, e.sequence, e.samples, e.samples_quarantined, e.payload
            FROM entry e JOIN machine m ON m.id = e.machine
            WHERE m.key = $machine AND e.position > $after {which} ORDER BY e.position LIMIT $max
            """;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$machine", machine.Value);
        command.Parameters.AddWithValue("$after", afterPosition);
        command.Parameters.AddWithValue("$max", entriesMax);
        var entries = new List<LoggedEntry>();
        using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new LoggedEntry(
                reader.GetInt64(0), (LogEntryKind)reader.GetInt32(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetInt32(5), reader.GetInt32(6), (byte[])reader[7]));
        }

        return entries;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TimedPayload> ReadBatchesAsync(MachineKey machine, long fromUs, long toUs, CancellationToken cancellationToken) =>
        ReadStretchesAsync(
            """
            SELECT e.first_us, e.position, e.payload FROM entry e JOIN machine m ON m.id = e.machine
            WHERE m.key = $machine AND e.kind = 0 AND e.samples > 0
              AND e.first_us <= $to AND e.first_us >= max($from, -4000000000000000000) - m.span_us AND e.last_us >= $from
            ORDER BY e.first_us
            """,
            machine, null, fromUs, toUs, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<TimedPayload> ReadBlocksAsync(
        MachineKey machine, string feature, long fromUs, long toUs, CancellationToken cancellationToken) =>
        ReadStretchesAsync(
            """
            SELECT b.first_us, b.position, b.payload FROM block b JOIN feature f ON f.id = b.feature JOIN machine m ON m.id = f.machine
            WHERE m.key = $machine AND f.name = $feature
              AND b.first_us <= $to AND b.first_us >= max($from, -4000000000000000000) - f.span_us AND b.last_us >= $from
            ORDER BY b.first_us
            """,
            machine, feature, fromUs, toUs, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken)
    {
        using var connection = await OpenAsync(cancellationToken);
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT received_us, machine, topic, reason, detail, payload, samples, payload_bytes
            FROM quarantine {(machine is null ? "" : "WHERE machine = $machine")} ORDER BY position DESC LIMIT $max
            """;
        command.Parameters.AddWithValue("$max", recordsMax);
        if (machine is { } one)
        {
            command.Parameters.AddWithValue("$machine", one.Value);
        }

        var records = new List<QuarantineRecord>();
        using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            records.Add(new QuarantineRecord(
                reader.GetInt64(0), reader[1] as string, reader[2] as string,
                (QuarantineReason)reader.GetInt32(3), reader.GetString(4), (byte[])reader[5], reader.GetInt32(6), reader.GetInt32(7)));
        }

        return records;
    }

    /// <inheritdoc/>
    public async Task<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken)
    {
        using var connection = await OpenAsync(cancellationToken);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT batches, samples, quarantine_records, quarantined_samples FROM total";
        using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new LogTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3))
            : new LogTotals(0, 0, 0, 0);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _thread.Dispose();
        _checkpoints?.Dispose();
        _checkpoints = null;
        _writer?.Dispose();
        _writer = null;
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<TimedPayload> ReadStretchesAsync(
        string query, MachineKey machine, string? feature, long fromUs, long toUs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = await OpenAsync(cancellationToken);
        using var command = connection.CreateCommand();
        command.CommandText = query;
        command.Parameters.AddWithValue("$machine", machine.Value);
        command.Parameters.AddWithValue("$from", fromUs);
        command.Parameters.AddWithValue("$to", toUs);
        if (feature is not null)
        {
            command.Parameters.AddWithValue("$feature", feature);
        }

        using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new TimedPayload(reader.GetInt64(0), reader.GetInt64(1), (byte[])reader[2]);
        }
    }

    /// <summary>The driver works on its caller's thread; a twin's must not be kept, so reading goes to the thread pool first.</summary>
    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var connection = new SqliteConnection(_readers);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        return connection;
    }
}
