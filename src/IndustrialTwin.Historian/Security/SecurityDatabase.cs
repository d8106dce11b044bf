using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IndustrialTwin.Samples;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace IndustrialTwin.Security;

/// <summary>
/// The database that keeps the audit log, access keys and tenants: PostgreSQL's, or an SQLite file of its own beside the log's. Its
/// statements are the same on both.
/// </summary>
public sealed class SecurityDatabase : IAsyncDisposable
{
    private const long AppendLock = 4_702_114;

    private readonly string? _file;
    private readonly NpgsqlDataSource? _postgres;
    private readonly SemaphoreSlim _writer = new(1, 1);

    private SecurityDatabase(string? file, NpgsqlDataSource? postgres) => (_file, _postgres) = (file, postgres);

    /// <summary>One on an SQLite file, which is made where it is missing, and brought up to date.</summary>
    /// <exception cref="Schemas.SchemaException">It is newer than this program can work with.</exception>
    public static SecurityDatabase OpenSqlite(string file)
    {
        var database = new SecurityDatabase(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 10 }.ToString(), null);
        using var connection = new SqliteConnection(database._file);
        connection.Open();
        Run(connection, "PRAGMA journal_mode = WAL");
        var applied = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        SecuritySchema.Sqlite.Check(applied, applied);
        foreach (var script in SecuritySchema.Sqlite.After(applied))
        {
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {script.Text} PRAGMA user_version = {script.Number}; COMMIT"));
        }

        return database;
    }

    /// <summary>One on PostgreSQL, brought up to date.</summary>
    /// <exception cref="Schemas.SchemaException">It is newer than this program can work with.</exception>
    public static async Task<SecurityDatabase> OpenPostgresAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await SecuritySchema.Postgres.MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
        return new SecurityDatabase(null, source);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>How many bytes the database takes, all that is in it together.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be used now.</exception>
    public async ValueTask<long> SizeAsync(CancellationToken cancellationToken = default) => await ReadAsync(
        connection => Task.FromResult(Convert.ToInt64(
            Scalar(connection, _postgres is null ? "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()" : "SELECT pg_database_size(current_database())"),
            CultureInfo.InvariantCulture)),
        cancellationToken).ConfigureAwait(false);

    /// <summary>Runs work on a connection.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be used now.</exception>
    internal async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        // SQLite's driver works on its caller's thread, which may be a twin's.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await using var connection = _postgres?.CreateConnection() ?? (DbConnection)new SqliteConnection(_file);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return await work(connection).ConfigureAwait(false);
        }
        catch (DbException fault)
        {
            throw new LogUnavailableException($"The database of identities and the audit log cannot be used now: {fault.Message}", fault);
        }
    }

    /// <summary>Runs work in a transaction; one at a time, over all silos.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be used now; nothing was written.</exception>
    internal async Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ReadAsync(
                async connection =>
                {
                    Run(connection, _postgres is null ? "PRAGMA synchronous = FULL; BEGIN IMMEDIATE" : string.Create(CultureInfo.InvariantCulture, $"BEGIN; SELECT pg_advisory_xact_lock({AppendLock})"));
                    try
                    {
                        var result = await work(connection).ConfigureAwait(false);
                        Run(connection, "COMMIT");
                        return result;
                    }
                    catch
                    {
                        Run(connection, "ROLLBACK");
                        throw;
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>A statement with its parameters, named <c>@p0</c>, <c>@p1</c>, …</summary>
    [SuppressMessage("Security", "CA2100", Justification = "The statements are this program's own; what comes from outside is a parameter.")]
    internal static DbCommand Command(DbConnection connection, string statement, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = statement;
        for (var index = 0; index < values.Length; index++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"p{index}";
            parameter.Value = values[index] ?? DBNull.Value;
            if (values[index] is null)
            {
                parameter.DbType = DbType.String;
            }

            command.Parameters.Add(parameter);
        }

        return command;
    }

    internal static void Run(DbConnection connection, string statement, params ReadOnlySpan<object?> values)
    {
        using var command = Command(connection, statement, values);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(DbConnection connection, string statement)
    {
        using var command = Command(connection, statement);
        return command.ExecuteScalar();
    }
}
