using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IndustrialTwin.Samples.Sqlite;

/// <summary>
/// Brings what stands in the write-ahead log into the database's file, beside the commits. The engine would do it at the end of a commit,
/// which then waits for thousands of scattered pages to reach the disk. What is committed is durable in the write-ahead log before.
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    /// <summary>A pass begins when so many pages were written.</summary>
    private const int PassPages = 1_000;

    /// <summary>
    /// Pages of a write-ahead log that has to begin anew. It can when none of them waits, and while groups are committed without a pause
    /// some always do: the writer then ends the last pass itself, which has few left.
    /// </summary>
    private const int LogPagesMax = 16_000;

    private readonly string _connectionString;
    private readonly AutoResetEvent _due = new(false);
    private readonly Thread _thread;
    private SqliteConnection? _connection;
    private int _pages;
    private volatile bool _isLong, _isEnded;

    public SqliteCheckpoints(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString();
        _thread = new Thread(Run) { IsBackground = true, Name = "sample log checkpoints" };
        _thread.Start();
    }

    /// <summary>Hears what a commit wrote; on the writer's thread, between commits.</summary>
    public void Committed(SqliteConnection writer)
    {
        raw.sqlite3_db_status(writer.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        _pages += pages;
        if (_pages >= PassPages)
        {
            _pages = 0;
            _due.Set();
        }

        if (_isLong)
        {
            _isLong = false;
            Pass(writer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isEnded = true;
        _due.Set();
        _thread.Join();
        _due.Dispose();
        _connection?.Dispose();
    }

    private void Run()
    {
        while (_due.WaitOne() && !_isEnded)
        {
            try
            {
                var connection = _connection ??= Open();
                if (Pass(connection) >= LogPagesMax)
                {
                    Pass(connection); // What was written during the pass before, so that little is left for the writer.
                    _isLong = true;
                }
            }
            catch (SqliteException)
            {
                // As with the engine's own checkpoints: nothing is lost, the commits tell of a broken disk, and the next pass tries anew.
                _connection?.Dispose();
                _connection = null;
            }
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = FULL";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Brings in what no reader and no writer is in the way of; answers how many pages the write-ahead log has.</summary>
    private static int Pass(SqliteConnection connection)
    {
        raw.sqlite3_wal_checkpoint_v2(connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out _);
        return pages;
    }
}
