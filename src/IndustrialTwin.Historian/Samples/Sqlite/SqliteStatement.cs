using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Samples.Sqlite;

/// <summary>A prepared statement with parameters <c>$0</c>, <c>$1</c>, …</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public SqliteStatement(SqliteConnection connection, string text)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this assembly's own.
        _command.CommandText = text;
#pragma warning restore CA2100
        for (var i = 0; text.Contains($"${i}", StringComparison.Ordinal); i++)
        {
            _command.Parameters.Add(new SqliteParameter($"${i}", null));
        }
    }

    public void Run(params ReadOnlySpan<object> values)
    {
        Bind(values);
        _command.ExecuteNonQuery();
    }

    /// <summary>The first value of the first row, or null where there is none.</summary>
    public object? Scalar(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return _command.ExecuteScalar();
    }

    /// <summary>The first row, or the default where there is none.</summary>
    public T? Row<T>(Func<SqliteDataReader, T> read, params ReadOnlySpan<object> values)
    {
        Bind(values);
        using var reader = _command.ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i];
        }
    }
}
