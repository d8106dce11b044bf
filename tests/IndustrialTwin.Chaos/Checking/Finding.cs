namespace IndustrialTwin.Chaos;

/// <summary>One thing that was looked at.</summary>
/// <param name="Measured">What was seen.</param>
/// <param name="Holds">Whether that is as it must be.</param>
internal sealed record Finding(string Measured, bool Holds);
