using System.Globalization;
using IndustrialTwin.Schemas;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Samples;

/// <summary>The log's schemas.</summary>
public static class LogSchema
{
    private const string Part = "the sample log";
    private const long AdvisoryLock = 4_702_112;

    internal static SchemaScripts Sqlite { get; } = Scripts(nameof(Sqlite));

    /// <summary>The one on PostgreSQL.</summary>
    public static PostgresSchema Postgres { get; } = new(Scripts(nameof(Postgres)), "migration", AdvisoryLock);

    /// <summary>Brings an SQLite file up to date, in one transaction.</summary>
    /// <exception cref="SchemaException">It is newer than this program can work with.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Execute(connection, "BEGIN IMMEDIATE");
        using var version = connection.CreateCommand();
        version.CommandText = "PRAGMA user_version";
        var applied = Convert.ToInt32(version.ExecuteScalar(), CultureInfo.InvariantCulture);
        Sqlite.Check(applied, applied);
        foreach (var script in Sqlite.After(applied))
        {
            Execute(connection, script.Text);
            applied = script.Number;
        }

        // Written even where nothing is new: the engine opens a file that it may only read without a word.
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {applied}"));
        Execute(connection, "COMMIT");
    }

    /// <summary>Runs statements of this assembly's own on an SQLite file.</summary>
    internal static void Execute(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this assembly's own.
        command.CommandText = statements;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static SchemaScripts Scripts(string engine) => new(Part, typeof(LogSchema).Assembly, $"IndustrialTwin.Samples.{engine}.Migrations.");
}
