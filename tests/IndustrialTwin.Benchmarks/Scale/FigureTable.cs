using System.Globalization;

namespace IndustrialTwin.Benchmarks.Scale;

/// <summary>Figures one below the other, with what was asked for where something was.</summary>
internal sealed class FigureTable(string title)
{
    private readonly List<(string Name, string Figure, string Unit, string Asked)> _rows = [];

    public void Add(string name, double figure, string unit, double? asked = null) =>
        _rows.Add((name, Text(figure), unit, asked is { } one ? Text(one) : string.Empty));

    public void Print(string note)
    {
        Console.WriteLine(title);
        Console.WriteLine();
        Console.WriteLine("| measured | figure | unit | asked |");
        Console.WriteLine("|---|---:|---|---:|");
        foreach (var (name, figure, unit, asked) in _rows)
        {
            Console.WriteLine($"| {name} | {figure} | {unit} | {asked} |");
        }

        Console.WriteLine();
        Console.WriteLine(note);
    }

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "#,0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
