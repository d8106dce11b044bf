using System.Globalization;
using Npgsql;

namespace IndustrialTwin.Chaos;

/// <summary>
/// A witness inside the database that no silo knows of: triggers write down which silo made each claim and each entry, and under which
/// fence of the machine. What the log's own code believes plays no part.
/// </summary>
internal static class Witness
{
    private const string Triggers =
        """
        CREATE TABLE witness_claim (machine integer, fence bigint, writer text, at timestamptz);
        CREATE TABLE witness_entry (position bigint, machine integer, fence bigint, writer text, at timestamptz);
        CREATE INDEX ON witness_claim (machine, fence);
        CREATE INDEX ON witness_entry (machine, fence);
        CREATE FUNCTION witness_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' OR NEW.fence <> OLD.fence THEN
                INSERT INTO witness_claim VALUES (NEW.id, NEW.fence, current_setting('application_name'), clock_timestamp());
            END IF;
            RETURN NULL;
        END $$;
        CREATE FUNCTION witness_written() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO witness_entry
            SELECT NEW.position, m.id, m.fence, current_setting('application_name'), clock_timestamp() FROM machine m WHERE m.id = NEW.machine;
            RETURN NULL;
        END $$;
        CREATE TRIGGER witness AFTER INSERT OR UPDATE ON machine FOR EACH ROW EXECUTE FUNCTION witness_claimed();
        CREATE TRIGGER witness AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION witness_written();
        """;

    public static async Task InstallAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Triggers, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Entries that another silo wrote than the one that had claimed the machine last.</summary>
    public static Task<long> StaleEntriesAsync(NpgsqlConnection connection, string site) => CountAsync(
        connection,
        """
        SELECT count(*) FROM witness_entry e JOIN machine m ON m.id = e.machine
        LEFT JOIN witness_claim c ON c.machine = e.machine AND c.fence = e.fence
        WHERE m.key LIKE $1 AND c.writer IS DISTINCT FROM e.writer
        """,
        site);

    /// <summary>Pairs of machine and fence that more than one silo wrote under, or claimed.</summary>
    public static Task<long> SharedFencesAsync(NpgsqlConnection connection, string site) => CountAsync(
        connection,
        """
        SELECT count(*) FROM (
            SELECT 1 FROM (SELECT machine, fence, writer FROM witness_entry UNION SELECT machine, fence, writer FROM witness_claim) w
            JOIN machine m ON m.id = w.machine WHERE m.key LIKE $1
            GROUP BY w.machine, w.fence HAVING count(DISTINCT w.writer) > 1) shared
        """,
        site);

    /// <summary>Claims of a site's machines, all activations together.</summary>
    public static Task<long> ClaimsAsync(NpgsqlConnection connection, string site) =>
        CountAsync(connection, "SELECT count(*) FROM witness_claim c JOIN machine m ON m.id = c.machine WHERE m.key LIKE $1", site);

    /// <summary>Which silo claimed each of a site's machines last.</summary>
    public static async Task<Dictionary<string, string>> OwnersAsync(NpgsqlConnection connection, string site)
    {
        await using var command = new NpgsqlCommand(
            "SELECT DISTINCT ON (m.key) m.key, c.writer FROM witness_claim c JOIN machine m ON m.id = c.machine WHERE m.key LIKE $1 ORDER BY m.key, c.fence DESC",
            connection);
        command.Parameters.Add(new() { Value = $"{site}/%" });
        await using var reader = await command.ExecuteReaderAsync();
        var owners = new Dictionary<string, string>();
        while (await reader.ReadAsync())
        {
            owners.Add(reader.GetString(0), reader.GetString(1));
        }

        return owners;
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string statement, string site)
    {
#pragma warning disable CA2100 // The suite's own.
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = $"{site}/%" });
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
