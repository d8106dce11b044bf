namespace IndustrialTwin.Chaos;

/// <summary>A row of the chaos table.</summary>
/// <param name="Fault">The fault's name.</param>
/// <param name="MustHold">What must hold.</param>
/// <param name="Findings">What was measured.</param>
/// <param name="Seed">What it is replayed from.</param>
/// <param name="Skipped">Why it could not be had here, or null.</param>
/// <param name="Took">How long it took.</param>
internal sealed record Verdict(string Fault, string MustHold, IReadOnlyList<Finding> Findings, int Seed, string? Skipped, TimeSpan Took)
{
    public bool Failed => Skipped is null && Findings.Any(finding => !finding.Holds);

    public string Word => Skipped is not null ? "skipped" : Failed ? "FAILED" : "holds";
}
