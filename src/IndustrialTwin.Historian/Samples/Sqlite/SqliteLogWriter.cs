using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IndustrialTwin.Samples.Sqlite;

/// <summary>The writing connection with its prepared statements.</summary>
internal sealed class SqliteLogWriter : IDisposable
{
    /// <summary>Features whose row is kept in mind at most.</summary>
    private const int FeaturesKnownMax = 262_144;

    /// <summary>How long a group waits for another process' transaction.</summary>
    private const int BusyMs = 10_000;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin, _commit, _version, _claim, _machine, _entry, _position, _span, _feature, _block, _quarantine, _total;

    // What the database holds, for as long as no other connection writes to it.
    private readonly Dictionary<MachineKey, (long Id, long Fence, long SpanUs)> _machines = [];
    private readonly Dictionary<(long Machine, string Name), (long Id, long SpanUs)> _features = [];
    private long _knownVersion = -1;
    private long _batches, _samples, _quarantineRecords, _quarantinedSamples;

    private SqliteLogWriter(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new(connection, "BEGIN IMMEDIATE");
        _commit = new(connection, "COMMIT");
        _version = new(connection, "PRAGMA data_version");
        _claim = new(connection, "INSERT INTO machine (key, fence) VALUES (?1, 1) ON CONFLICT (key) DO UPDATE SET fence = fence + 1 RETURNING fence");
        _machine = new(connection, "SELECT id, fence, span_us FROM machine WHERE key = ?1");
        _entry = new(connection, """
            INSERT INTO entry (machine, source, epoch, sequence, kind, first_us, last_us, samples, samples_quarantined, received_us, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (machine, source, epoch, sequence) DO NOTHING
            """);
        _position = new(connection, "SELECT position FROM entry WHERE machine = ?1 AND source = ?2 AND epoch = ?3 AND sequence = ?4");
        _span = new(connection, "UPDATE machine SET span_us = ?2 WHERE id = ?1");
        _feature = new(connection, """
            INSERT INTO feature (machine, name, span_us) VALUES (?1, ?2, ?3)
            ON CONFLICT (machine, name) DO UPDATE SET span_us = max(span_us, excluded.span_us) RETURNING id
            """);
        _block = new(connection, "INSERT INTO block (feature, first_us, last_us, payload) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        _quarantine = new(connection, """
            INSERT INTO quarantine (machine, topic, reason, detail, samples, payload_bytes, received_us, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """);
        _total = new(connection, """
            UPDATE total SET batches = batches + ?1, samples = samples + ?2,
                quarantine_records = quarantine_records + ?3, quarantined_samples = quarantined_samples + ?4
            """);
    }

    public SqliteConnection Connection => _connection;

    public static SqliteLogWriter Open(string path, long bytesMax)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, BusyMs);
            LogSchema.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536");
            LogSchema.Migrate(connection);
            LogSchema.Execute(connection, $"PRAGMA max_page_count = {bytesMax / PageBytes(connection)}");
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
        try
        {
            // Immediate: another process' claim comes wholly before or wholly after this group.
            _begin.Run();
            ForgetUnlessKnown();
            (_batches, _samples, _quarantineRecords, _quarantinedSamples) = (0, 0, 0, 0);
            var now = (DateTimeOffset.UtcNow.Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            foreach (var write in group)
            {
                switch (write)
                {
                    case EntryWrite entry:
                        Write(entry, now);
                        break;
                    case FeatureWrite feature:
                        Write(feature);
                        break;
                    case QuarantineWrite quarantine:
                        Write(quarantine.Record);
                        break;
                    case ClaimWrite claim:
                        Write(claim);
                        break;
                    default:
                        throw new NotSupportedException(write.GetType().Name);
                }
            }

            _total.Bind(1, _batches).Bind(2, _samples).Bind(3, _quarantineRecords).Bind(4, _quarantinedSamples).Run();
            _commit.Run();
        }
        catch
        {
            _knownVersion = -1;
            TryRollBack();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _version, _claim, _machine, _entry, _position, _span, _feature, _block, _quarantine, _total })
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

    /// <summary>The engine counts the commits of other connections: while the count stays, what was read before still holds.</summary>
    private void ForgetUnlessKnown()
    {
        var version = _version.Number() ?? -1;
        if (version != _knownVersion || _features.Count > FeaturesKnownMax)
        {
            _machines.Clear();
            _features.Clear();
            _knownVersion = version;
        }
    }

    private void Write(ClaimWrite claim)
    {
        claim.Result = _claim.Bind(1, claim.Machine.Value).Number()!.Value;
        _machines.Remove(claim.Machine);
    }

    private void Write(EntryWrite write, long nowUs)
    {
        var entry = write.Entry;
        if (!IsOwner(entry.Machine, entry.Fence, out var machine))
        {
            write.Result = new AppendReply(AppendOutcome.Fenced, 0);
            return;
        }

        var bad = 0L;
        foreach (var record in entry.Quarantined)
        {
            bad += record.Samples;
        }

        var inserted = _entry
            .Bind(1, machine.Id).Bind(2, entry.Source).Bind(3, entry.Epoch).Bind(4, entry.Sequence).Bind(5, (long)entry.Kind)
            .Bind(6, entry.FirstUs).Bind(7, entry.LastUs).Bind(8, entry.Samples).Bind(9, bad).Bind(10, nowUs).Bind(11, entry.Payload.Span)
            .Run();
        if (inserted == 0)
        {
            write.Result = new AppendReply(
                AppendOutcome.AlreadyThere,
                _position.Bind(1, machine.Id).Bind(2, entry.Source).Bind(3, entry.Epoch).Bind(4, entry.Sequence).Number()!.Value);
            return;
        }

        write.Result = new AppendReply(AppendOutcome.Committed, raw.sqlite3_last_insert_rowid(_connection.Handle));
        if (entry.Kind == LogEntryKind.Samples && entry.LastUs - entry.FirstUs > machine.SpanUs)
        {
            _span.Bind(1, machine.Id).Bind(2, entry.LastUs - entry.FirstUs).Run();
            _machines[entry.Machine] = machine with { SpanUs = entry.LastUs - entry.FirstUs };
        }

        _batches += entry.Kind == LogEntryKind.Samples ? 1 : 0;
        _samples += entry.Samples;
        foreach (var record in entry.Quarantined)
        {
            Write(record);
        }
    }

    private void Write(FeatureWrite write)
    {
        var block = write.Block;
        write.Result = IsOwner(block.Machine, block.Fence, out var machine);
        if (write.Result)
        {
            var (first, last) = (block.TimesUs[0], block.TimesUs[^1]);
            _block.Bind(1, FeatureOf(machine.Id, block.Feature, last - first)).Bind(2, first).Bind(3, last).Bind(4, write.Payload).Run();
        }
    }

    private void Write(QuarantineRecord record)
    {
        _quarantine
            .Bind(1, record.Machine).Bind(2, record.Topic).Bind(3, (long)record.Reason).Bind(4, record.Detail)
            .Bind(5, record.Samples).Bind(6, record.PayloadBytes).Bind(7, record.ReceivedUs).Bind(8, record.Payload)
            .Run();
        _quarantineRecords++;
        _quarantinedSamples += record.Samples;
    }

    private long FeatureOf(long machine, string name, long spanUs)
    {
        if (!_features.TryGetValue((machine, name), out var feature) || spanUs > feature.SpanUs)
        {
            feature = (_feature.Bind(1, machine).Bind(2, name).Bind(3, spanUs).Number()!.Value, spanUs);
            _features[(machine, name)] = feature;
        }

        return feature.Id;
    }

    private bool IsOwner(MachineKey key, long fence, out (long Id, long Fence, long SpanUs) machine)
    {
        if (!_machines.TryGetValue(key, out machine))
        {
            machine = _machine.Bind(1, key.Value).Numbers();
            _machines[key] = machine;
        }

        return machine.Id > 0 && machine.Fence == fence;
    }

    private void TryRollBack()
    {
        try
        {
            LogSchema.Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // The engine has rolled back by itself, or the connection is gone; the connection is not used again either way.
        }
    }
}
