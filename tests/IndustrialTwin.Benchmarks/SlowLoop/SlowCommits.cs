using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>
/// Holds the log's write lock again and again, so that commits take long. Control loops wait for no commit: in a trial it misleads who
/// looks at the longest span.
/// </summary>
internal static class SlowCommits
{
    private static readonly TimeSpan Held = TimeSpan.FromMilliseconds(150), Free = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Default Timeout=5");
        await connection.OpenAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await Task.Delay(Held, cancellationToken);
                await transaction.RollbackAsync(cancellationToken);
            }
            catch (SqliteException)
            {
                // The silo had the lock for longer: its commits are slow enough.
            }

            await Task.Delay(Free, cancellationToken);
        }
    }
}
