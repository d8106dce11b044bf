using System.Data.Common;
using System.Globalization;
using System.Text;
using IndustrialTwin.Audit;
using IndustrialTwin.Backups;
using IndustrialTwin.Hosting;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Persistence;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using IndustrialTwin.Security;
using IndustrialTwin.Starting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;
using Xunit;

namespace IndustrialTwin.Purges;

/// <summary>A store with two machines in it, of which one was retired; what is of that one bears a mark.</summary>
internal sealed class RetiredPlant : IDisposable
{
    public const string Mark = "recipe-0815-of-the-retired-one";
    public const int Batches = 20;

    public static readonly MachineKey Retired = MachineKey.Parse("wuhan/line-3/press-07"), Kept = MachineKey.Parse("wuhan/line-3/press-077");

    private static readonly byte[] ClusterKey = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];
    private readonly StorageDatabase _database;

    private RetiredPlant(StorageDatabase database) => _database = database;

    public static TheoryData<StorageEngine> Engines => [StorageEngine.Sqlite, StorageEngine.Postgres];

    public StorageOptions Storage => _database.Options;

    /// <summary>The fence that the retired machine's twin held last.</summary>
    public long Fence { get; private set; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<RetiredPlant> CreateAsync(StorageEngine engine)
    {
        var plant = new RetiredPlant(await StorageDatabase.CreateAsync(engine));
        await using (var database = plant.OpenSecurity())
        {
            await new AuditLog(database, [ClusterKey]).AppendAsync(new AuditEvent(1, "somebody", "something", "somewhere", AuditOutcome.Allowed, "before"), Cancelled);
        }

        var log = await plant.OpenLogAsync();
        await using (var _ = (IAsyncDisposable)log)
        {
            foreach (var machine in (MachineKey[])[Kept, Retired])
            {
                plant.Fence = await log.ClaimAsync(machine, Cancelled);
                await WriteEventAsync(log, machine, plant.Fence, 0, Declared(machine));
                for (var sequence = 0; sequence < Batches; sequence++)
                {
                    await WriteBatchAsync(log, machine, plant.Fence, sequence);
                }

                await log.QuarantineAsync(Bad(machine.Value), Cancelled);
            }

            await WriteEventAsync(log, Retired, plant.Fence, 1, new MachineRetired());
            await log.QuarantineAsync(Bad(null), Cancelled);
        }

        await using var silo = await plant.StartSiloAsync();
        foreach (var machine in (MachineKey[])[Kept, Retired])
        {
            // An earlier state that is written over lies in the file for a while.
            var state = await StateAsync(silo, machine);
            state.State = new SampleQuery($"{MarkOf(machine)} at first {new string('x', 20_000)}");
            await silo.Storage.WriteStateAsync("machine", Grain(machine), state);
            state.State = new SampleQuery($"{MarkOf(machine)} in the end");
            await silo.Storage.WriteStateAsync("machine", Grain(machine), state);
            if (engine == StorageEngine.Postgres)
            {
                await silo.Services.GetRequiredService<IReminderTable>().UpsertRow(
                    new ReminderEntry { GrainId = Grain(machine), ReminderName = MarkOf(machine), StartAt = DateTime.UnixEpoch, Period = TimeSpan.FromDays(1) });
            }
        }

        return plant;
    }

    public Task<StorageSilo> StartSiloAsync() => StorageSilo.StartAsync(Storage, configure: silo =>
    {
        if (Storage.Engine == StorageEngine.Postgres)
        {
            silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = ("Npgsql", Storage.ConnectionString));
        }
    });

    public Task<ISampleLog> OpenLogAsync() => SampleLogHosting.OpenAsync(
        new SampleLogOptions
        {
            Engine = Storage.Engine == StorageEngine.Sqlite ? SampleLogEngine.Sqlite : SampleLogEngine.Postgres, SqlitePath = Storage.Path, ConnectionString = Storage.ConnectionString,
        },
        Cancelled);

    public SecurityDatabase OpenSecurity() => AccessHosting.Open(Storage);

    /// <summary>Purges, and answers what it said.</summary>
    public async Task<string> PurgeAsync(
        string? machine = null, bool isConfirmed = true, int rowsAtOnce = 3, Action<HistoryCounts>? heard = null, CancellationToken cancellationToken = default, params (string Key, string Value)[] settings)
    {
        SqliteConnection.ClearAllPools(); // A silo that ends as a process leaves nothing open.
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Storage:Engine", $"{Storage.Engine}"), new("Storage:Path", Storage.Path), new("Storage:ConnectionString", Storage.ConnectionString), new("Cluster:ServiceId", "test"),
            new("Security:ClusterKey", Convert.ToBase64String(ClusterKey)),
        ]).AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        var output = new StringWriter();
        await PurgeCommand.RunAsync(machine ?? Retired.Value, isConfirmed, configuration, output, rowsAtOnce, heard, cancellationToken);
        return output.ToString();
    }

    public Task<StoredState> VerifyAsync() => StoredState.VerifyAsync(Storage, [ClusterKey], null, Cancelled);

    public async Task<IReadOnlyList<AuditRecord>> AuditAsync()
    {
        await using var database = OpenSecurity();
        return await new AuditLog(database, [ClusterKey]).ReadAsync(2, 1_000, Cancelled);
    }

    /// <summary>Every row of every table, as text; the tables of a schema's own bookkeeping are told by their names.</summary>
    public async Task<List<string>> RowsAsync()
    {
        var rows = new List<string>();
        foreach (var file in Storage.Engine == StorageEngine.Sqlite ? (string[])[Storage.Path, PersistenceHosting.TwinsFile(Storage.Path), SecurityFile] : [""])
        {
            await using var connection = await ConnectAsync(file);
            foreach (var table in await TablesAsync(connection))
            {
                await using var command = Command(connection, $"SELECT * FROM {table}");
                await using var reader = await command.ExecuteReaderAsync(Cancelled);
                while (await reader.ReadAsync(Cancelled))
                {
                    rows.Add($"{table}: {string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => $"{reader.GetName(column)}={Text(reader.GetValue(column))}"))}");
                }
            }
        }

        return rows;
    }

    /// <summary>Each table with its columns, all in lower case.</summary>
    public async Task<List<(string Table, string[] Columns)>> SchemaAsync()
    {
        var tables = new List<(string, string[])>();
        foreach (var file in Storage.Engine == StorageEngine.Sqlite ? (string[])[Storage.Path, PersistenceHosting.TwinsFile(Storage.Path), SecurityFile] : [""])
        {
            await using var connection = await ConnectAsync(file);
            foreach (var table in await TablesAsync(connection))
            {
                await using var command = Command(connection, $"SELECT * FROM {table} LIMIT 0");
                await using var reader = await command.ExecuteReaderAsync(Cancelled);
                tables.Add((table, [.. Enumerable.Range(0, reader.FieldCount).Select(column => Lower(reader.GetName(column)))]));
            }
        }

        return tables;
    }

    /// <summary>How often the mark stands in any of the store's files.</summary>
    public int MarksInFiles() => Directory.EnumerateFiles(Path.GetDirectoryName(Storage.Path)!).Sum(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd().Split(Mark).Length - 1;
    });

    public async Task ExecuteAsync(string statements)
    {
        await using var connection = await ConnectAsync(Storage.Path);
        await using var command = Command(connection, statements);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    public async Task<DbConnection> ConnectAsync(string file)
    {
        DbConnection connection = Storage.Engine == StorageEngine.Sqlite ? new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=1") : new NpgsqlConnection(Storage.ConnectionString);
        await connection.OpenAsync(Cancelled);
        return connection;
    }

    public static Task WriteBatchAsync(ISampleLog log, MachineKey machine, long fence, long sequence)
    {
        var payload = Encoding.ASCII.GetBytes($"{MarkOf(machine)} {sequence} {new string('y', sequence % 5 == 0 ? 9_000 : 100)} {MarkOf(machine)}");
        return Task.WhenAll(
            log.AppendAsync(new LogEntry(machine, fence, LogEntryKind.Samples, MarkOf(machine), 1, sequence, payload, sequence * 10, (sequence * 10) + 9, 10, sequence == 3 ? [Bad(machine.Value)] : []), Cancelled).AsTask(),
            log.AppendFeatureAsync(new FeatureBlock(machine, fence, $"{MarkOf(machine)}/{sequence % 2}", [sequence * 10], [sequence], [sequence], [false]), Cancelled).AsTask());
    }

    public static async Task WriteEventAsync(ISampleLog log, MachineKey machine, long fence, long sequence, MachineEvent happened)
    {
        await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var payload = new MachineEventCodec(services.GetRequiredService<Serializer<MachineEvent>>()).Encode(happened);
        await log.AppendAsync(new LogEntry(machine, fence, LogEntryKind.Event, MachineEvent.Source, fence, sequence, payload, 0, 0, 0, []), Cancelled);
    }

    public static MachineDeclared Declared(MachineKey machine) => new(new MachineDeclaration(
        machine, "press", MarkOf(machine), [new ChannelDeclaration("force", "kN", 0, 1, 1)], [], [], null, TimeSpan.FromSeconds(1), null, "1"));

    public static GrainId Grain(MachineKey machine) => GrainId.Create("itwin.machine", machine.Value);

    public static async Task<GrainState<SampleQuery>> StateAsync(StorageSilo silo, MachineKey machine)
    {
        var state = new GrainState<SampleQuery>();
        await silo.Storage.ReadStateAsync("machine", Grain(machine), state);
        return state;
    }

    public void Dispose() => _database.Dispose();

    private static string MarkOf(MachineKey machine) => machine == Retired ? Mark : "another";

    private static QuarantineRecord Bad(string? machine)
    {
        var mark = machine == Retired.Value ? Mark : "another";
        return new QuarantineRecord(1, machine, $"itwin/v1/{mark}", QuarantineReason.OutOfRange, mark, Encoding.ASCII.GetBytes(mark), 2, mark.Length);
    }

    private string SecurityFile => Path.ChangeExtension(Storage.Path, null) + ".security.db";

    private static async Task<List<string>> TablesAsync(DbConnection connection)
    {
        await using var command = Command(connection, connection is SqliteConnection
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%' ORDER BY name"
            : "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1");
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var tables = new List<string>();
        while (await reader.ReadAsync(Cancelled))
        {
            tables.Add(Lower(reader.GetString(0)));
        }

        return tables;
    }

    private static string Lower(string name) => name.ToLower(CultureInfo.InvariantCulture);

    private static string Text(object value) => value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static DbCommand Command(DbConnection connection, string statements)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own.
        command.CommandText = statements;
#pragma warning restore CA2100
        return command;
    }
}
