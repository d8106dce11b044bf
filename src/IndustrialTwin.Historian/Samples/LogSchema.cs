using IndustrialTwin.Schemas;

namespace IndustrialTwin.Samples;

/// <summary>The log's schemas.</summary>
public static class LogSchema
{
    private const string Part = "the sample log";
    private const long AdvisoryLock = 4_702_112;

    internal static SchemaScripts Sqlite { get; } = Scripts(nameof(Sqlite));

    /// <summary>The one on PostgreSQL.</summary>
    public static PostgresSchema Postgres { get; } = new(Scripts(nameof(Postgres)), "migration", AdvisoryLock);

    private static SchemaScripts Scripts(string engine) => new(Part, typeof(LogSchema).Assembly, $"IndustrialTwin.Samples.{engine}.Migrations.");
}
