using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace IndustrialTwin.Benchmarks.Ingest;

/// <summary>The engine's limit: the same bytes in groups of the same size into a table of nothing else, one commit after the other.</summary>
internal static class RawEngine
{
    /// <summary>What one loop reached: payloads and processor seconds of client and server together.</summary>
    internal readonly record struct Result(double PerSecond, double PerCpuSecond);

    public static Result Sqlite(string path, byte[][] payloads, int group, TimeSpan time)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; CREATE TABLE raw (position INTEGER PRIMARY KEY, payload BLOB NOT NULL)");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO raw (payload) VALUES ($0)";
        var parameter = insert.Parameters.Add("$0", SqliteType.Blob);
        insert.Prepare();
        var at = 0;
        return Loop(Environment.ProcessId, group, time, () =>
        {
            using var transaction = connection.BeginTransaction();
            insert.Transaction = transaction;
            for (var i = 0; i < group; i++)
            {
                parameter.Value = payloads[at++ % payloads.Length];
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        });

        void Execute(string statements)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the benchmark's own.
            command.CommandText = statements;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
    }

    public static Result Postgres(string connectionString, byte[][] payloads, int group, TimeSpan time)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using (var create = new NpgsqlCommand(
            "CREATE TABLE raw (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea NOT NULL); ALTER TABLE raw ALTER COLUMN payload SET STORAGE EXTERNAL", connection))
        {
            create.ExecuteNonQuery();
        }

        var at = 0;
        return Loop(Environment.ProcessId, group, time, () =>
        {
            using var import = connection.BeginBinaryImport("COPY raw (payload) FROM STDIN (FORMAT BINARY)");
            for (var i = 0; i < group; i++)
            {
                import.StartRow();
                import.Write(payloads[at++ % payloads.Length], NpgsqlDbType.Bytea);
            }

            import.Complete();
        });
    }

    private static Result Loop(int process, int group, TimeSpan time, Action commit)
    {
        commit();
        var cpu = CpuTime.SecondsOf(process);
        var started = Stopwatch.StartNew();
        var commits = 0;
        while (started.Elapsed < time)
        {
            commit();
            commits++;
        }

        var seconds = started.Elapsed.TotalSeconds;
        return new Result((double)commits * group / seconds, (double)commits * group / (CpuTime.SecondsOf(process) - cpu));
    }
}
