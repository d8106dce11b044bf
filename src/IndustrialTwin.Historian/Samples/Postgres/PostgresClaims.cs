using Npgsql;

namespace IndustrialTwin.Samples.Postgres;

/// <summary>
/// The claims of a group, committed before the rest of it. Twins come to a silo in hundreds when a cluster grows, and a transaction for
/// each would keep all of the silo's writes waiting for as many fsyncs. A claim of many takes what is free and waits for nothing, since
/// waiting with several rows locked could end in a circle; what somebody writes to just now is claimed by itself, and waits.
/// </summary>
internal sealed class PostgresClaims(NpgsqlConnection connection)
{
    private const string Free = """
        UPDATE machine m SET fence = m.fence + 1 FROM (SELECT id FROM machine WHERE key = ANY($1) FOR NO KEY UPDATE SKIP LOCKED) AS free
        WHERE m.id = free.id RETURNING m.key, m.fence
        """;

    /// <summary>In the order of their keys: two that claim the same new machines wait for each other in one direction only.</summary>
    private const string New = "INSERT INTO machine (key, fence) SELECT key, 1 FROM unnest($1) AS new (key) ORDER BY key ON CONFLICT (key) DO NOTHING RETURNING key, fence";

    private const string One = "INSERT INTO machine AS m (key, fence) VALUES ($1, 1) ON CONFLICT (key) DO UPDATE SET fence = m.fence + 1 RETURNING key, fence";

    public async Task ClaimAsync(IReadOnlyList<ClaimWrite> claims, CancellationToken cancellationToken)
    {
        var open = new Dictionary<string, ClaimWrite>();
        var again = new List<ClaimWrite>();
        foreach (var claim in claims)
        {
            if (!open.TryAdd(claim.Machine.Value, claim))
            {
                again.Add(claim); // Of one machine each claim gets a fence of its own.
            }
        }

        if (open.Count > 1)
        {
            await RunAsync(Free, open.Keys.ToArray(), open, cancellationToken);
        }

        if (open.Count > 1)
        {
            await RunAsync(New, open.Keys.ToArray(), open, cancellationToken);
        }

        foreach (var claim in open.Values.ToList())
        {
            await RunAsync(One, claim.Machine.Value, open, cancellationToken);
        }

        if (again.Count > 0)
        {
            await ClaimAsync(again, cancellationToken);
        }
    }

    /// <summary>Runs a statement on keys; what it claimed is open no more.</summary>
    private async Task RunAsync(string statement, object keys, Dictionary<string, ClaimWrite> open, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are this class' own.
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = keys });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Remove(reader.GetString(0), out var claim);
            claim!.Result = reader.GetInt64(1);
        }
    }
}
