using System.Data.Common;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace IndustrialTwin.Samples;

/// <summary>An empty database of one engine, which goes with the test.</summary>
internal sealed class LogDatabase : IAsyncDisposable
{
    public static readonly MachineKey Press = MachineKey.Parse("wuhan/line-3/press-07");
    public static readonly MachineKey Pump = MachineKey.Parse("wuhan/line-3/pump-01");

    private readonly DirectoryInfo? _folder;
    private readonly List<SampleLog> _logs = [];

    private LogDatabase(SampleLogEngine engine, DirectoryInfo? folder, string connectionString)
    {
        Engine = engine;
        _folder = folder;
        ConnectionString = connectionString;
    }

    public static TheoryData<SampleLogEngine> Engines => [SampleLogEngine.Sqlite, SampleLogEngine.Postgres];

    public SampleLogEngine Engine { get; }

    public string ConnectionString { get; }

    public string SqlitePath => Path.Combine(_folder!.FullName, "log.db");

    /// <summary>Makes one; skips the test where its engine is not installed.</summary>
    public static async Task<LogDatabase> CreateAsync(SampleLogEngine engine)
    {
        if (engine == SampleLogEngine.Postgres)
        {
            return new LogDatabase(engine, null, await SharedPostgres.CreateDatabaseAsync());
        }

        var folder = Directory.CreateTempSubdirectory("itwin-log-");
        var path = Path.Combine(folder.FullName, "log.db");
        return new LogDatabase(engine, folder, new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
    }

    public SampleLogOptions Options(Action<SampleLogOptions>? configure = null)
    {
        var options = new SampleLogOptions { Engine = Engine, ConnectionString = ConnectionString };
        options.SqlitePath = Engine == SampleLogEngine.Sqlite ? SqlitePath : options.SqlitePath;
        configure?.Invoke(options);
        return options;
    }

    /// <summary>Opens a log, as a silo of its own would.</summary>
    public async Task<SampleLog> OpenAsync(Action<SampleLogOptions>? configure = null)
    {
        var log = (SampleLog)await SampleLogHosting.OpenAsync(Options(configure));
        _logs.Add(log);
        return log;
    }

    /// <summary>A connection beside the log's own.</summary>
    public async Task<DbConnection> ConnectAsync()
    {
        DbConnection connection = Engine == SampleLogEngine.Sqlite ? new SqliteConnection(ConnectionString) : new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async Task ExecuteAsync(string statements)
    {
        await using var connection = await ConnectAsync();
        await ExecuteAsync(connection, statements);
    }

    public static async Task ExecuteAsync(DbConnection connection, string statements)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the test's own.
        command.CommandText = statements;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public static LogEntry Entry(long fence, long sequence, MachineKey? machine = null, string source = "plc", long epoch = 1, long firstUs = 0, int rows = 4)
    {
        var times = Enumerable.Range(0, rows).Select(row => firstUs + (10 * row)).ToArray();
        var columns = new[] { new SampleColumn("force", times, [.. times.Select(time => (double)sequence + (time / 1e6))]) };
        return new LogEntry(
            machine ?? Press, fence, LogEntryKind.Samples, source, epoch, sequence, SampleBatchCodec.Encode(columns), times[0], times[^1], rows, []);
    }

    public static QuarantineRecord Bad(string? machine, string detail = "bad", int samples = 1) =>
        new(1_700_000_000_000_000, machine, "itwin/v1/x", QuarantineReason.OutOfRange, detail, [1, 0, 2], samples, 3);

    public static async Task<List<LoggedEntry>> ReadAsync(SampleLog log, MachineKey? machine = null, long after = 0)
    {
        var entries = new List<LoggedEntry>();
        await foreach (var entry in log.ReadAsync(machine ?? Press, after, CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _logs)
        {
            await log.DisposeAsync();
        }

        SqliteConnection.ClearAllPools();
        _folder?.Delete(recursive: true);
    }
}
