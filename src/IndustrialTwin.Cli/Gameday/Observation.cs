namespace IndustrialTwin.Gameday;

/// <summary>Something that was seen in a drill.</summary>
/// <param name="Held">Whether it is as it must be.</param>
/// <param name="Text">What was seen, in words.</param>
internal sealed record Observation(bool Held, string Text);
