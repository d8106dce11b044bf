using IndustrialTwin.Hosting;
using IndustrialTwin.Persistence;
using IndustrialTwin.Samples;
using IndustrialTwin.Schemas;
using IndustrialTwin.Security;
using Npgsql;

namespace IndustrialTwin.Starting;

/// <summary>
/// <c>migrate</c> as the program's first argument brings the database up to date and ends, as an init container does before a silo
/// starts. Run again, or by several at once, it changes nothing more.
/// </summary>
internal static class MigrateCommand
{
    /// <summary>The argument.</summary>
    public const string Name = "migrate";

    /// <summary>Applies every schema that a silo uses, and tells the versions.</summary>
    /// <exception cref="StartException">The settings do not name a database.</exception>
    /// <exception cref="SchemaException">The database is newer than this program can work with.</exception>
    public static async Task RunAsync(IConfiguration configuration, TextWriter output, CancellationToken cancellationToken = default)
    {
        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        StartChecks.Rules(storage);
        if (storage.Engine == StorageEngine.Sqlite)
        {
            await output.WriteLineAsync($"Storage:Engine is {storage.Engine}: the silo brings its own file up to date when it opens it. Nothing to do.");
            return;
        }

        await using var connection = new NpgsqlConnection(storage.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        foreach (var schema in (PostgresSchema[])[LogSchema.Postgres, TwinSchema.Postgres, SecuritySchema.Postgres])
        {
            var change = await schema.MigrateAsync(connection, cancellationToken);
            await output.WriteLineAsync(change.Before == change.After
                ? $"The schema of {change.Part} is at version {change.After}, as it was."
                : $"The schema of {change.Part} is at version {change.After}; it was at {change.Before}.");
        }
    }
}
