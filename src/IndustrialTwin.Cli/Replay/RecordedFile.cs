using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Replay;

/// <summary>A CSV file of a public data set: a header, then rows of a time without a zone (taken as UTC) and numbers.</summary>
internal sealed class RecordedFile
{
    private const int BytesMax = 64 * 1024 * 1024;

    private RecordedFile(string path, string[] header, long[] timesUs, double[][] columns, string contentHash) =>
        (Path, Header, TimesUs, Columns, ContentHash) = (path, header, timesUs, columns, contentHash);

    public string Path { get; }

    public string[] Header { get; }

    /// <summary>Times as they stand in the file, microseconds since 1970-01-01.</summary>
    public long[] TimesUs { get; }

    /// <summary>The columns after the time.</summary>
    public double[][] Columns { get; }

    /// <summary>12 hexadecimal digits of the content's SHA-256.</summary>
    public string ContentHash { get; }

    /// <exception cref="CommandFault">The file cannot be read, or a field is wrong; the message names line, column, value and what was expected.</exception>
    public static RecordedFile Read(string path, char separator)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(path).Length;
            bytes = length <= BytesMax ? File.ReadAllBytes(path) : throw Fault(path, 0, "the file", $"{length} bytes", $"at most {BytesMax}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault($"{path}: {fault.Message}", ExitCode.Refused, fault);
        }

        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length < 2)
        {
            throw Fault(path, 1, "the file", $"{lines.Length} lines", "a header and at least one row");
        }

        var header = lines[0].TrimStart('\uFEFF').Split(separator);
        var rows = lines.Length - 1;
        var times = new long[rows];
        var columns = Enumerable.Range(1, header.Length - 1).Select(_ => new double[rows]).ToArray();
        for (var row = 0; row < rows; row++)
        {
            var fields = lines[row + 1].Split(separator);
            if (fields.Length != header.Length)
            {
                throw Fault(path, row + 2, "the row", $"{fields.Length} fields", $"{header.Length}, as the header has");
            }

            times[row] = TimeUs(fields[0]) ?? throw Fault(path, row + 2, header[0], $"'{fields[0]}'", "a time such as 2020-03-09 10:14:33");
            for (var column = 0; column < columns.Length; column++)
            {
                var isNumber = double.TryParse(fields[column + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
                columns[column][row] = isNumber && double.IsFinite(value)
                    ? value
                    : throw Fault(path, row + 2, header[column + 1], $"'{fields[column + 1]}'", "a finite number");
            }
        }

        return new RecordedFile(path, header, times, columns, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
    }

    /// <summary>Reads a time without a zone as UTC; null where it is none.</summary>
    public static long? TimeUs(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
            : null;

    private static CommandFault Fault(string path, int line, string field, string found, string expected) =>
        new($"{path}{(line > 0 ? $":{line}" : string.Empty)}: {field}: found {found}; expected {expected}.", ExitCode.Refused);
}
