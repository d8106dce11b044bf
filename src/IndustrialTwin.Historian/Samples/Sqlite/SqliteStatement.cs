using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IndustrialTwin.Samples.Sqlite;

/// <summary>
/// A prepared statement with parameters <c>?1</c>, <c>?2</c>, …, straight on the engine: the driver above makes a dozen objects for
/// every execution, and this is what each sample's message comes through.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int TextBytesOnStack = 256;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string text)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v2(_database, text, out _statement));
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_statement, parameter));
            return this;
        }

        var length = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = length <= TextBytesOnStack ? stackalloc byte[length] : new byte[length];
        Check(raw.sqlite3_bind_text(_statement, parameter, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
        return this;
    }

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>Rows that it changed, where it is one that changes rows.</returns>
    public int Run()
    {
        Step(out _);
        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs it to its end and answers the first column of its first row, or null where there is none.</summary>
    public long? Number()
    {
        Step(out var first);
        return first;
    }

    /// <summary>Runs a query of three numbers to its end; all 0 where there is no row.</summary>
    public (long First, long Second, long Third) Numbers()
    {
        try
        {
            var isRow = IsRow(raw.sqlite3_step(_statement));
            return isRow ? (Column(0), Column(1), Column(2)) : default;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Step(out long? first)
    {
        first = null;
        try
        {
            while (IsRow(raw.sqlite3_step(_statement)))
            {
                first ??= Column(0);
            }
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    private long Column(int index) => raw.sqlite3_column_int64(_statement, index);

    private bool IsRow(int code)
    {
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Check(code);
        }

        return code == raw.SQLITE_ROW;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
