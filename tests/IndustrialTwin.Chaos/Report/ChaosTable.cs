using System.Globalization;

namespace IndustrialTwin.Chaos;

/// <summary>The verdicts as a table in Markdown.</summary>
internal static class ChaosTable
{
    public static void Write(TextWriter output, IReadOnlyList<Verdict> verdicts)
    {
        WriteHead(output);
        foreach (var verdict in verdicts)
        {
            WriteRow(output, verdict);
        }
    }

    public static void WriteHead(TextWriter output)
    {
        output.WriteLine("| fault | must hold | measured | verdict | seed |");
        output.WriteLine("|---|---|---|---|---|");
    }

    public static void WriteRow(TextWriter output, Verdict verdict)
    {
        var measured = verdict.Skipped ?? string.Join("; ", verdict.Findings.Select(finding => finding.Holds ? finding.Measured : $"**{finding.Measured}**"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {verdict.Fault} | {verdict.MustHold} | {measured} | {verdict.Word} in {verdict.Took.TotalSeconds:0} s | {verdict.Seed} |"));
    }
}
