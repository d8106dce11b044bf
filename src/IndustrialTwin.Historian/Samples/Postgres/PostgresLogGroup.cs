using IndustrialTwin.Quarantine;
using Npgsql;

namespace IndustrialTwin.Samples.Postgres;

/// <summary>
/// One group as one transaction of a few statements, each over arrays: what a group costs the server grows little with its size.
/// The machines' rows stay locked for sharing until the commit, so that a later claim waits, and then sees all of it.
/// </summary>
internal sealed class PostgresLogGroup(NpgsqlConnection connection, IReadOnlyList<LogWrite> group)
{
    private const int Writers = 64;

    /// <summary>The row of <c>total</c> that this process counts in.</summary>
    private static readonly int Writer = Random.Shared.Next(Writers);

    private readonly Dictionary<string, (int Id, long Fence)> _machines = [];

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockMachinesAsync(cancellationToken);
        var committed = await WriteEntriesAsync(cancellationToken);
        await WriteFeaturesAsync(cancellationToken);
        List<QuarantineRecord> records =
            [.. committed.SelectMany(write => write.Entry.Quarantined), .. group.OfType<QuarantineWrite>().Select(write => write.Record)];
        await WriteQuarantineAsync(records, cancellationToken);
        await CountAsync(committed, records, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task LockMachinesAsync(CancellationToken cancellationToken)
    {
        var keys = group.Select(write => write switch
        {
            EntryWrite entry => entry.Entry.Machine.Value,
            FeatureWrite feature => feature.Block.Machine.Value,
            _ => null,
        }).OfType<string>().Distinct().ToArray();
        await using var command = Command("SELECT id, key, fence FROM machine WHERE key = ANY($1) ORDER BY id FOR SHARE", [keys]); // One value that is an array.
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            _machines[reader.GetString(1)] = (reader.GetInt32(0), reader.GetInt64(2));
        }
    }

    private async Task<List<EntryWrite>> WriteEntriesAsync(CancellationToken cancellationToken)
    {
        var pending = new Dictionary<(int Machine, string Source, long Epoch, long Sequence), List<EntryWrite>>();
        var owned = new List<EntryWrite>();
        foreach (var write in group.OfType<EntryWrite>())
        {
            var entry = write.Entry;
            if (!_machines.TryGetValue(entry.Machine.Value, out var machine) || machine.Fence != entry.Fence)
            {
                write.Result = new AppendReply(AppendOutcome.Fenced, 0);
                continue;
            }

            var name = (machine.Id, entry.Source, entry.Epoch, entry.Sequence);
            if (pending.TryGetValue(name, out var same))
            {
                same.Add(write);
                continue;
            }

            pending.Add(name, [write]);
            owned.Add(write);
        }

        if (owned.Count == 0)
        {
            return [];
        }

        var committed = new List<EntryWrite>(owned.Count);
        await using (var insert = Command(
            """
            INSERT INTO entry (machine, source, epoch, sequence, kind, first_us, last_us, samples, samples_quarantined, payload)
            SELECT machine, source, epoch, sequence, kind, first_us, last_us, samples, samples_quarantined, payload
            FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::bigint[], $8::int[], $9::int[], $10::bytea[])
                WITH ORDINALITY AS row (machine, source, epoch, sequence, kind, first_us, last_us, samples, samples_quarantined, payload, place)
            ORDER BY place
            ON CONFLICT (machine, source, epoch, sequence) DO NOTHING
            RETURNING machine, source, epoch, sequence, position
            """,
            owned.ConvertAll(write => _machines[write.Entry.Machine.Value].Id).ToArray(),
            owned.ConvertAll(write => write.Entry.Source).ToArray(),
            owned.ConvertAll(write => write.Entry.Epoch).ToArray(),
            owned.ConvertAll(write => write.Entry.Sequence).ToArray(),
            owned.ConvertAll(write => (short)write.Entry.Kind).ToArray(),
            owned.ConvertAll(write => write.Entry.FirstUs).ToArray(),
            owned.ConvertAll(write => write.Entry.LastUs).ToArray(),
            owned.ConvertAll(write => write.Entry.Samples).ToArray(),
            owned.ConvertAll(write => write.Entry.Quarantined.Sum(record => record.Samples)).ToArray(),
            owned.ConvertAll(write => write.Entry.Payload.ToArray()).ToArray()))
        await using (var reader = await insert.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var position = reader.GetInt64(4);
                pending.Remove((reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)), out var writes);
                writes![0].Result = new AppendReply(AppendOutcome.Committed, position);
                committed.Add(writes[0]);
                writes[1..].ForEach(write => write.Result = new AppendReply(AppendOutcome.AlreadyThere, position));
            }
        }

        foreach (var ((machine, source, epoch, sequence), writes) in pending)
        {
            await using var select = Command(
                "SELECT position FROM entry WHERE machine = $1 AND source = $2 AND epoch = $3 AND sequence = $4", machine, source, epoch, sequence);
            var position = (long)(await select.ExecuteScalarAsync(cancellationToken))!;
            writes.ForEach(write => write.Result = new AppendReply(AppendOutcome.AlreadyThere, position));
        }

        await WidenAsync(committed, cancellationToken);
        return committed;
    }

    private async Task WidenAsync(List<EntryWrite> committed, CancellationToken cancellationToken)
    {
        var spans = committed.Where(write => write.Entry.Kind == LogEntryKind.Samples)
            .GroupBy(write => _machines[write.Entry.Machine.Value].Id)
            .OrderBy(machine => machine.Key)
            .ToDictionary(machine => machine.Key, machine => machine.Max(write => write.Entry.LastUs - write.Entry.FirstUs));
        if (spans.Count == 0)
        {
            return;
        }

        await using var command = Command(
            "UPDATE machine m SET span_us = s.span FROM unnest($1::int[], $2::bigint[]) AS s (id, span) WHERE m.id = s.id AND m.span_us < s.span",
            spans.Keys.ToArray(), spans.Values.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteFeaturesAsync(CancellationToken cancellationToken)
    {
        var owned = new List<FeatureWrite>();
        foreach (var write in group.OfType<FeatureWrite>())
        {
            write.Result = _machines.TryGetValue(write.Block.Machine.Value, out var machine) && machine.Fence == write.Block.Fence;
            if (write.Result)
            {
                owned.Add(write);
            }
        }

        if (owned.Count == 0)
        {
            return;
        }

        var names = owned.GroupBy(write => (Machine: _machines[write.Block.Machine.Value].Id, write.Block.Feature))
            .OrderBy(name => name.Key)
            .Select(name => (name.Key, Span: name.Max(write => write.Block.TimesUs[^1] - write.Block.TimesUs[0])))
            .ToList();
        await using (var features = Command(
            """
            INSERT INTO feature AS f (machine, name, span_us) SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[])
            ON CONFLICT (machine, name) DO UPDATE SET span_us = excluded.span_us WHERE f.span_us < excluded.span_us
            """,
            names.ConvertAll(name => name.Key.Machine).ToArray(), names.ConvertAll(name => name.Key.Feature).ToArray(), names.ConvertAll(name => name.Span).ToArray()))
        {
            await features.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var blocks = Command(
            """
            INSERT INTO block (feature, first_us, last_us, payload)
            SELECT f.id, b.first_us, b.last_us, b.payload
            FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[]) AS b (machine, name, first_us, last_us, payload)
            JOIN feature f ON f.machine = b.machine AND f.name = b.name
            ON CONFLICT DO NOTHING
            """,
            owned.ConvertAll(write => _machines[write.Block.Machine.Value].Id).ToArray(),
            owned.ConvertAll(write => write.Block.Feature).ToArray(),
            owned.ConvertAll(write => write.Block.TimesUs[0]).ToArray(),
            owned.ConvertAll(write => write.Block.TimesUs[^1]).ToArray(),
            owned.ConvertAll(write => write.Payload).ToArray());
        await blocks.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteQuarantineAsync(List<QuarantineRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return;
        }

        await using var command = Command(
            """
            INSERT INTO quarantine (machine, topic, reason, detail, samples, payload_bytes, received_us, payload)
            SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::int[], $6::int[], $7::bigint[], $8::bytea[])
            """,
            records.ConvertAll(record => record.Machine).ToArray(),
            records.ConvertAll(record => record.Topic).ToArray(),
            records.ConvertAll(record => (short)record.Reason).ToArray(),
            records.ConvertAll(record => record.Detail.Replace("\0", "\\0", StringComparison.Ordinal)).ToArray(),
            records.ConvertAll(record => record.Samples).ToArray(),
            records.ConvertAll(record => record.PayloadBytes).ToArray(),
            records.ConvertAll(record => record.ReceivedUs).ToArray(),
            records.ConvertAll(record => record.Payload).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CountAsync(List<EntryWrite> committed, List<QuarantineRecord> records, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            INSERT INTO total AS t VALUES ($1, $2, $3, $4, $5) ON CONFLICT (writer) DO UPDATE SET
                batches = t.batches + excluded.batches, samples = t.samples + excluded.samples,
                quarantine_records = t.quarantine_records + excluded.quarantine_records,
                quarantined_samples = t.quarantined_samples + excluded.quarantined_samples
            """,
            Writer,
            committed.LongCount(write => write.Entry.Kind == LogEntryKind.Samples),
            committed.Sum(write => (long)write.Entry.Samples),
            (long)records.Count,
            records.Sum(record => (long)record.Samples));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string text, params ReadOnlySpan<object> values)
    {
#pragma warning disable CA2100 // The statements are this assembly's own.
        var command = new NpgsqlCommand(text, connection);
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
