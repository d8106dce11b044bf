using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace IndustrialTwin.Persistence;

/// <summary>Our own SQL for the actor runtime's storage and membership; it ships none that closes the first-writer race.</summary>
internal static class TwinSchema
{
    /// <summary>Brings a database up to date. Safe to run at every start, by several silos at once.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "The statement is a resource of this assembly.")]
    public static void Apply(DbConnection connection, string engine)
    {
        using var script = new StreamReader(
            typeof(TwinSchema).Assembly.GetManifestResourceStream($"IndustrialTwin.Sql.{engine}.twins.sql")
            ?? throw new InvalidOperationException($"The assembly holds no script twins.sql for {engine}."));
        using var transaction = engine == "Postgres" ? connection.BeginTransaction() : null;
        using var command = connection.CreateCommand();
        command.CommandText = script.ReadToEnd();
        command.Transaction = transaction;
        command.ExecuteNonQuery();
        transaction?.Commit();
    }
}
