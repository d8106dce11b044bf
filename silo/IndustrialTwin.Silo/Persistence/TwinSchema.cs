using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IndustrialTwin.Schemas;
using Npgsql;

namespace IndustrialTwin.Persistence;

/// <summary>Our own SQL for the actor runtime's storage, membership and reminders; it ships none that closes the first-writer race.</summary>
internal static class TwinSchema
{
    private const string Part = "twins and membership";
    private const long AdvisoryLock = 4_702_111;

    private static readonly SchemaScripts Sqlite = Scripts(nameof(Sqlite));

    /// <summary>The schema on PostgreSQL.</summary>
    public static PostgresSchema Postgres { get; } = new(Scripts(nameof(Postgres)), "twin_migration", AdvisoryLock);

    /// <summary>Brings a database up to date. Safe to run at every start, by several silos at once.</summary>
    /// <exception cref="SchemaException">The database is newer than this program can work with.</exception>
    public static void Apply(DbConnection connection)
    {
        if (connection is NpgsqlConnection postgres)
        {
            // Nothing else runs yet that could be kept waiting.
            Postgres.MigrateAsync(postgres, CancellationToken.None).GetAwaiter().GetResult();
            return;
        }

        var applied = Convert.ToInt32(Run(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        Sqlite.Check(applied, applied);
        foreach (var script in Sqlite.After(applied))
        {
            Run(connection, script.Text);
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {script.Number}"));
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "The statement is a resource of this assembly.")]
    private static object? Run(DbConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        return command.ExecuteScalar();
    }

    private static SchemaScripts Scripts(string engine) => new(Part, typeof(TwinSchema).Assembly, $"IndustrialTwin.Sql.{engine}.");
}
