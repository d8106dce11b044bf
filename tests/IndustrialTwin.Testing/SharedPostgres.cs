namespace IndustrialTwin.Testing;

/// <summary>
/// One PostgreSQL server for all tests of an assembly, started by the first that asks. An assembly that uses it names it as its
/// assembly fixture, so that the server ends with the run.
/// </summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartOrSkipAsync());

    /// <summary>Makes a new, empty database and answers its connection string; skips the test where there is no PostgreSQL.</summary>
    public static async Task<string> CreateDatabaseAsync() => await (await Server.Value).CreateDatabaseAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated && Server.Value.IsCompletedSuccessfully)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
