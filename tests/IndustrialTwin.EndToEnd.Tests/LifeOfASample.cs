using System.Text.RegularExpressions;

namespace IndustrialTwin.Testing;

/// <summary>One row of <c>docs/trace.md</c>.</summary>
internal sealed record LifeStep(int Number, string File, string Member, string? Span, string Text);

/// <summary>The tables of <c>docs/trace.md</c>.</summary>
internal static partial class LifeOfASample
{
    public static IReadOnlyList<LifeStep> Read() =>
    [
        .. Row().Matches(File.ReadAllText(Path.Combine(SiloProcess.Root, "docs", "trace.md"))).Select(row => new LifeStep(
            int.Parse(row.Groups["step"].Value, System.Globalization.CultureInfo.InvariantCulture),
            row.Groups["file"].Value,
            row.Groups["member"].Value,
            row.Groups["span"].Success ? row.Groups["span"].Value : null,
            row.Groups["text"].Value)),
    ];

    [GeneratedRegex(@"^\| (?<step>\d+) \| \[[^\]]+\]\(\.\./(?<file>[^)]+)\) \| `(?<member>\w+)` \| (–|`(?<span>[^`]+)`) \| (?<text>.+) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
