using IndustrialTwin.Hosting;
using IndustrialTwin.Schemas;
using IndustrialTwin.Starting;
using IndustrialTwin.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace IndustrialTwin.Persistence;

/// <summary>Numbered scripts: applied once, by one, and never by a program that is too old for what is there.</summary>
public class SchemaTests
{
    [Fact]
    public async Task Of_several_that_migrate_at_once_one_does_the_work_and_all_tell_the_same_version()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        var told = (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MigrateAsync(database)))).SelectMany(lines => lines).ToList();
        Assert.Single(told, "The schema of the sample log is at version 1; it was at 0.");
        Assert.Single(told, "The schema of twins and membership is at version 2; it was at 0.");
        Assert.Equal(7, told.Count(line => line == "The schema of the sample log is at version 1, as it was."));
        Assert.Equal(7, told.Count(line => line == "The schema of twins and membership is at version 2, as it was."));
    }

    [Fact]
    public async Task A_schema_that_needs_a_newer_program_is_refused_in_one_sentence_and_nothing_is_changed()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        await MigrateAsync(database);
        await RunAsync(database, "INSERT INTO twin_migration (number, needs) VALUES (3, 1), (4, 4)");
        var fault = await Assert.ThrowsAsync<SchemaException>(() => MigrateAsync(database));
        Assert.Equal(
            "The schema of twins and membership is at version 4 and needs a program that knows version 4, but this one knows 2: run the newer program, or restore the backup taken before it.",
            StartFault.Sentence(fault));
        await Assert.ThrowsAsync<SchemaException>(() => StorageSilo.StartAsync(new StorageOptions { Engine = StorageEngine.Postgres, ConnectionString = database }));
    }

    [Fact]
    public async Task A_newer_schema_that_only_added_lets_the_program_before_it_go_on()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        await MigrateAsync(database);
        await RunAsync(database, "INSERT INTO twin_migration (number, needs) VALUES (3, 1); INSERT INTO migration (number, needs) VALUES (2, 1)");
        Assert.Contains("The schema of twins and membership is at version 3, as it was.", await MigrateAsync(database));
        await using var silo = await StorageSilo.StartAsync(new StorageOptions { Engine = StorageEngine.Postgres, ConnectionString = database });
        Assert.NotNull(silo.Storage);
    }

    [Fact]
    public async Task A_database_of_the_first_release_goes_on_from_where_it_is()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        await MigrateAsync(database);
        await RunAsync(database, "ALTER TABLE migration DROP COLUMN needs; DROP TABLE twin_migration; DROP TABLE OrleansRemindersTable");
        Assert.Equal(
            [
                "The schema of the sample log is at version 1, as it was.", "The schema of twins and membership is at version 2; it was at 0.",
                "The schema of identities and the audit log is at version 2, as it was.",
            ],
            await MigrateAsync(database));
    }

    [Fact]
    public async Task A_silo_may_be_a_user_who_cannot_change_the_schema()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        await MigrateAsync(database);
        await RunAsync(database, """
            CREATE ROLE silo LOGIN;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO silo;
            """);
        var user = new NpgsqlConnectionStringBuilder(database) { Username = "silo" }.ToString();
        Assert.Contains("The schema of twins and membership is at version 2, as it was.", await MigrateAsync(user));
        await using var silo = await StorageSilo.StartAsync(new StorageOptions { Engine = StorageEngine.Postgres, ConnectionString = user });
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(user, "CREATE TABLE mine (id integer)"));
    }

    [Fact]
    public void A_file_that_is_newer_than_the_program_is_refused()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = new SqliteCommand("PRAGMA user_version = 9", connection);
        command.ExecuteNonQuery();
        Assert.Contains("is at version 9", Assert.Throws<SchemaException>(() => TwinSchema.Apply(connection)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_database_to_migrate_the_command_says_so()
    {
        Assert.Contains("Nothing to do", Assert.Single(await MigrateAsync(string.Empty, StorageEngine.Sqlite)), StringComparison.Ordinal);
        Assert.Contains("Storage:ConnectionString is empty", (await Assert.ThrowsAsync<StartException>(() => MigrateAsync(string.Empty))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reminders_are_kept_by_the_runtimes_own_provider()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        var options = new StorageOptions { Engine = StorageEngine.Postgres, ConnectionString = database };
        await using var silo = await StorageSilo.StartAsync(options, configure: builder => builder.UseAdoNetReminderService(
            reminders => (reminders.Invariant, reminders.ConnectionString) = ("Npgsql", database)));
        var table = silo.Services.GetRequiredService<IReminderTable>();
        var (one, other) = (GrainId.Create("machine", "a/b/c"), GrainId.Create("machine", "a/b/d"));
        var at = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        var first = await table.UpsertRow(new ReminderEntry { GrainId = one, ReminderName = "check", StartAt = at, Period = TimeSpan.FromMinutes(5) });
        await table.UpsertRow(new ReminderEntry { GrainId = other, ReminderName = "check", StartAt = at, Period = TimeSpan.FromMinutes(5) });
        var second = await table.UpsertRow(new ReminderEntry { GrainId = one, ReminderName = "check", StartAt = at, Period = TimeSpan.FromMinutes(7) });
        var read = await table.ReadRow(one, "check");
        Assert.Equal((at, TimeSpan.FromMinutes(7), second), (read!.StartAt, read.Period, read.ETag));
        Assert.NotEqual(first, second);
        Assert.Single((await table.ReadRows(one)).Reminders);
        Assert.Equal(2, (await table.ReadRows(0, 0)).Reminders.Count);
        Assert.Equal(2, (await table.ReadRows(0, uint.MaxValue)).Reminders.Count);
        Assert.False(await table.RemoveRow(one, "check", first!));
        Assert.True(await table.RemoveRow(one, "check", second!));
        Assert.Empty((await table.ReadRows(one)).Reminders);
    }

    private static async Task<string[]> MigrateAsync(string connection, StorageEngine engine = StorageEngine.Postgres)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Storage:Engine", $"{engine}"), new("Storage:ConnectionString", connection)]).Build();
        var output = new StringWriter();
        await MigrateCommand.RunAsync(configuration, output);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static async Task RunAsync(string database, string statements)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The test's own.
        await using var command = new NpgsqlCommand(statements, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
