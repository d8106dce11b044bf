using System.Globalization;

namespace IndustrialTwin.Gameday;

/// <summary>Results as a table whose cells are broken into lines, so that all of it fits a terminal of 200 columns and a page.</summary>
internal static class GamedayTable
{
    private static readonly (string Title, int Width)[] Columns = [("DRILL", 18), ("ATTEMPTED", 44), ("EXPECTED", 40), ("OBSERVED", 64), ("VERDICT", 16), ("SECONDS", 7)];

    /// <summary>Writes the header.</summary>
    public static Task WriteHeaderAsync(TextWriter output) => WriteAsync(output, [.. Columns.Select(column => column.Title)]);

    /// <summary>Writes one result.</summary>
    public static async Task WriteAsync(TextWriter output, DrillResult result)
    {
        await WriteAsync(
            output,
            [
                result.Name, result.Attempted, result.Expected, string.Join('\n', result.Observed.Select(seen => (seen.Held ? string.Empty : "✗ ") + seen.Text)),
                result.VerdictText, result.Seconds.ToString("0.0", CultureInfo.InvariantCulture),
            ]);
    }

    private static async Task WriteAsync(TextWriter output, string[] cells)
    {
        var lines = cells.Select((cell, column) => cell.Split('\n').SelectMany(line => Broken(line, Columns[column].Width)).ToArray()).ToArray();
        for (var line = 0; line < lines.Max(cell => cell.Length); line++)
        {
            await output.WriteLineAsync(string.Join("  ", lines.Select((cell, column) => (line < cell.Length ? cell[line] : string.Empty).PadRight(Columns[column].Width))).TrimEnd());
        }
    }

    private static IEnumerable<string> Broken(string text, int width)
    {
        var line = string.Empty;
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "  " + word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
