using System.Text.Json.Serialization;

namespace IndustrialTwin.Gameday;

/// <summary>What a drill came to.</summary>
internal enum Verdict
{
    /// <summary>All was as it must be.</summary>
    Held,

    /// <summary>Something was not, or the drill itself ended with an error: then nothing is shown.</summary>
    Failed,

    /// <summary>It could not be carried out here.</summary>
    NotRun,
}

/// <summary>A drill's outcome.</summary>
/// <param name="Name">The drill.</param>
/// <param name="Attempted">What was attempted.</param>
/// <param name="Expected">What must come of it.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Observed">What was seen.</param>
/// <param name="Seconds">How long it took, its silos' start included.</param>
/// <param name="Reason">Why it was not run, or null.</param>
internal sealed record DrillResult(string Name, string Attempted, string Expected, Verdict Verdict, Observation[] Observed, double Seconds, string? Reason = null)
{
    /// <summary>The verdict as the table shows it.</summary>
    [JsonIgnore]
    public string VerdictText => Verdict switch
    {
        Verdict.Held => "held",
        Verdict.Failed => "FAILED",
        _ => $"not run: {Reason}",
    };
}
