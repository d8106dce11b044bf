using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace IndustrialTwin.Samples;

/// <summary>Counts, out of the log alone, what machines below a site sent.</summary>
/// <param name="options">Which log.</param>
public sealed class LogMeter(IOptions<SampleLogOptions> options)
{
    private const string CountSqlite = Count + " AND m.key >= @low AND m.key < @high AND e.received_us >= @from AND e.received_us < @to";

    private const string CountPostgres = Count + """
         AND m.key COLLATE "C" >= @low AND m.key COLLATE "C" < @high
        AND e.received_at >= to_timestamp(0) + @from * interval '1 microsecond' AND e.received_at < to_timestamp(0) + @to * interval '1 microsecond'
        """;

    private const string Count = """
        SELECT count(*), CAST(coalesce(sum(e.samples), 0) AS bigint), CAST(coalesce(sum(length(e.payload)), 0) AS bigint)
        FROM entry e JOIN machine m ON m.id = e.machine
        WHERE e.kind = 0
        """;

    /// <summary>Batches that were accepted in a stretch of time by the database's clock, the end excluded, their good samples and their payload's bytes.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    public async Task<(long Batches, long Samples, long Bytes)> CountAsync(string site, long fromUs, long toUs, CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var isSqlite = options.Value.Engine == SampleLogEngine.Sqlite;
        try
        {
            await using System.Data.Common.DbConnection connection = isSqlite
                ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = options.Value.SqlitePath, Mode = SqliteOpenMode.ReadOnly }.ToString())
                : new NpgsqlConnection(options.Value.ConnectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var command = connection.CreateCommand();
            command.CommandText = isSqlite ? CountSqlite : CountPostgres;

            // A site's machines begin with it and '/'; '0' is the letter after '/'.
            foreach (var (name, value) in ((string, object)[])[("low", site + '/'), ("high", site + '0'), ("from", fromUs), ("to", toUs)])
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }
        catch (System.Data.Common.DbException fault)
        {
            throw new LogUnavailableException($"The log cannot be counted now: {fault.Message}", fault);
        }
    }
}
