using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace IndustrialTwin.Benchmarks;

/// <summary>Runs groups one after the other and prints what they measured.</summary>
internal static class Table
{
    private const int Width = 220;

    /// <summary>Answers the process' exit code: 0 where every group ran or said what it misses.</summary>
    public static async Task<int> PrintAsync(IReadOnlyList<BenchmarkGroup> groups, IReadOnlyList<BenchmarkGroup> all)
    {
        if (groups.Count == 0)
        {
            await Console.Error.WriteLineAsync($"No group has such a name; there are: {string.Join(", ", all.Select(group => group.Name))}.");
            return 2;
        }

        var table = new Spectre.Console.Table { Border = TableBorder.Markdown };
        foreach (var heading in new[] { "measured", "figure", "unit", "against", "its figure", "ratio", "goal" })
        {
            table.AddColumn(new TableColumn(heading) { Alignment = heading is "figure" or "its figure" or "ratio" ? Justify.Right : Justify.Left, NoWrap = true });
        }

        var status = 0;
        var notes = new List<string>();
        foreach (var group in groups)
        {
            await Console.Error.WriteLineAsync($"{group.Name} …");
            try
            {
                foreach (var row in await group.RunAsync())
                {
                    table.AddRow(
                        Text(row.Measured), Text(Figure(row.Value)), Text(row.Unit), Text(row.Against),
                        Text(row.Other is { } other ? Figure(other) : ""), Text(row.Ratio is { } ratio ? Figure(ratio) : ""), Text(row.Goal));
                }
            }
            catch (NotHereException missing)
            {
                notes.Add($"{group.Name}: not run. {missing.Message}");
            }
            catch (Exception fault)
            {
                notes.Add($"{group.Name}: failed. {fault}");
                status = 1;
            }
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = Width;
        Console.WriteLine($"{Environment.ProcessorCount} processors, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        Console.WriteLine();
        console.Write(table);
        notes.ForEach(Console.WriteLine);
        return status;
    }

    private static Markup Text(string text) => new(Markup.Escape(text));

    /// <summary>About three digits, and no more places than they need.</summary>
    private static string Figure(double value) => value.ToString(Math.Abs(value) switch
    {
        >= 100 => "#,##0",
        >= 10 => "0.0",
        _ => "0.00",
    }, CultureInfo.InvariantCulture);
}
