using IndustrialTwin.Schemas;

namespace IndustrialTwin.Security;

/// <summary>The schemas of the audit log, access keys and tenants.</summary>
public static class SecuritySchema
{
    private const string Part = "identities and the audit log";
    private const long AdvisoryLock = 4_702_113;

    internal static SchemaScripts Sqlite { get; } = Scripts(nameof(Sqlite));

    /// <summary>The one on PostgreSQL.</summary>
    public static PostgresSchema Postgres { get; } = new(Scripts(nameof(Postgres)), "security_migration", AdvisoryLock);

    private static SchemaScripts Scripts(string engine) => new(Part, typeof(SecuritySchema).Assembly, $"IndustrialTwin.Security.{engine}.");
}
