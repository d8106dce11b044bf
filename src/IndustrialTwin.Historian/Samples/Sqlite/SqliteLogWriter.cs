using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Samples.Sqlite;

/// <summary>The writing connection with its prepared statements.</summary>
internal sealed class SqliteLogWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _claim, _machine, _entry, _position, _span, _feature, _block, _quarantine, _total;
    private readonly Dictionary<MachineKey, (long Id, long Fence, long SpanUs)> _machines = [];

    private SqliteLogWriter(SqliteConnection connection)
    {
        _connection = connection;
        _claim = new(connection, "INSERT INTO machine (key, fence) VALUES ($0, 1) ON CONFLICT (key) DO UPDATE SET fence = fence + 1 RETURNING fence");
        _machine = new(connection, "SELECT id, fence, span_us FROM machine WHERE key = $0");
        _entry = new(connection, """
            INSERT INTO entry (machine, source, epoch, sequence, kind, first_us, last_us, samples, samples_quarantined, received_us, payload)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (machine, source, epoch, sequence) DO NOTHING RETURNING position
            """);
        _position = new(connection, "SELECT position FROM entry WHERE machine = $0 AND source = $1 AND epoch = $2 AND sequence = $3");
        _span = new(connection, "UPDATE machine SET span_us = $1 WHERE id = $0");
        _feature = new(connection, """
            INSERT INTO feature (machine, name, span_us) VALUES ($0, $1, $2)
            ON CONFLICT (machine, name) DO UPDATE SET span_us = max(span_us, excluded.span_us) RETURNING id
            """);
        _block = new(connection, "INSERT INTO block (feature, first_us, last_us, payload) VALUES ($0, $1, $2, $3) ON CONFLICT DO NOTHING");
        _quarantine = new(connection, """
            INSERT INTO quarantine (machine, topic, reason, detail, samples, payload_bytes, received_us, payload)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7)
            """);
        _total = new(connection, """
            UPDATE total SET batches = batches + $0, samples = samples + $1,
                quarantine_records = quarantine_records + $2, quarantined_samples = quarantined_samples + $3
            """);
    }

    public static SqliteLogWriter Open(string path, long bytesMax)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536");
            Migrate(connection);
            Execute(connection, $"PRAGMA max_page_count = {bytesMax / PageBytes(connection)}");
            return new SqliteLogWriter(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Writes a group in one transaction.</summary>
    public void Commit(IReadOnlyList<LogWrite> group)
    {
        // Immediate: another process' claim comes wholly before or wholly after this group.
        Execute(_connection, "BEGIN IMMEDIATE");
        try
        {
            _machines.Clear();
            var totals = new LogTotals(0, 0, 0, 0);
            var now = (DateTimeOffset.UtcNow.Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            foreach (var write in group)
            {
                totals = write switch
                {
                    EntryWrite entry => Write(entry, now, totals),
                    FeatureWrite feature => Write(feature, totals),
                    QuarantineWrite quarantine => Write(quarantine.Record, totals),
                    ClaimWrite claim => Write(claim, totals),
                    _ => throw new NotSupportedException(write.GetType().Name),
                };
            }

            _total.Run(totals.Batches, totals.Samples, totals.QuarantineRecords, totals.QuarantinedSamples);
            Execute(_connection, "COMMIT");
        }
        catch
        {
            TryRollBack();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _claim, _machine, _entry, _position, _span, _feature, _block, _quarantine, _total })
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private static long PageBytes(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        return (long)command.ExecuteScalar()!;
    }

    private static void Migrate(SqliteConnection connection)
    {
        Execute(connection, "BEGIN IMMEDIATE");
        using var version = connection.CreateCommand();
        version.CommandText = "PRAGMA user_version";
        var applied = Convert.ToInt32(version.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (number, script) in Migrations.After("Sqlite", applied))
        {
            Execute(connection, script);
            applied = number;
        }

        // Written even where nothing is new: the engine opens a file that it may only read without a word.
        Execute(connection, $"PRAGMA user_version = {applied}");
        Execute(connection, "COMMIT");
    }

    private static void Execute(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this assembly's own.
        command.CommandText = statements;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private LogTotals Write(ClaimWrite claim, LogTotals totals)
    {
        claim.Result = (long)_claim.Scalar(claim.Machine.Value)!;
        _machines.Remove(claim.Machine);
        return totals;
    }

    private LogTotals Write(EntryWrite write, long nowUs, LogTotals totals)
    {
        var entry = write.Entry;
        if (!IsOwner(entry.Machine, entry.Fence, out var machine))
        {
            write.Result = new AppendReply(AppendOutcome.Fenced, 0);
            return totals;
        }

        var bad = entry.Quarantined.Sum(record => record.Samples);
        var position = _entry.Scalar(
            machine.Id, entry.Source, entry.Epoch, entry.Sequence, (long)entry.Kind, entry.FirstUs, entry.LastUs,
            (long)entry.Samples, (long)bad, nowUs, Bytes(entry.Payload));
        if (position is null)
        {
            write.Result = new AppendReply(
                AppendOutcome.AlreadyThere, (long)_position.Scalar(machine.Id, entry.Source, entry.Epoch, entry.Sequence)!);
            return totals;
        }

        write.Result = new AppendReply(AppendOutcome.Committed, (long)position);
        if (entry.Kind == LogEntryKind.Samples && entry.LastUs - entry.FirstUs > machine.SpanUs)
        {
            _span.Run(machine.Id, entry.LastUs - entry.FirstUs);
            _machines[entry.Machine] = machine with { SpanUs = entry.LastUs - entry.FirstUs };
        }

        totals = totals with { Batches = totals.Batches + (entry.Kind == LogEntryKind.Samples ? 1 : 0), Samples = totals.Samples + entry.Samples };
        return entry.Quarantined.Aggregate(totals, (sum, record) => Write(record, sum));
    }

    private LogTotals Write(FeatureWrite write, LogTotals totals)
    {
        var block = write.Block;
        write.Result = IsOwner(block.Machine, block.Fence, out var machine);
        if (write.Result)
        {
            var (first, last) = (block.TimesUs[0], block.TimesUs[^1]);
            _block.Run((long)_feature.Scalar(machine.Id, block.Feature, last - first)!, first, last, write.Payload);
        }

        return totals;
    }

    private LogTotals Write(QuarantineRecord record, LogTotals totals)
    {
        _quarantine.Run(
            record.Machine ?? (object)DBNull.Value, record.Topic ?? (object)DBNull.Value, (long)record.Reason, record.Detail,
            (long)record.Samples, (long)record.PayloadBytes, record.ReceivedUs, record.Payload);
        return totals with { QuarantineRecords = totals.QuarantineRecords + 1, QuarantinedSamples = totals.QuarantinedSamples + record.Samples };
    }

    private bool IsOwner(MachineKey key, long fence, out (long Id, long Fence, long SpanUs) machine)
    {
        if (!_machines.TryGetValue(key, out machine))
        {
            machine = _machine.Row(reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), key.Value);
            _machines[key] = machine;
        }

        return machine.Id > 0 && machine.Fence == fence;
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> payload) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(payload, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : payload.ToArray();

    private void TryRollBack()
    {
        try
        {
            Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // The engine has rolled back by itself, or the connection is gone; the connection is not used again either way.
        }
    }
}
