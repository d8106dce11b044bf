namespace IndustrialTwin.Controls;

/// <summary>A loop that is in fallback, as the log says.</summary>
/// <param name="Control">The loop.</param>
/// <param name="SinceUs">Since when, clock time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsSent">Whether the log has its command.</param>
[GenerateSerializer, Immutable, Alias("itwin.fallback-state")]
internal sealed record FallbackState(
    [property: Id(0)] string Control, [property: Id(1)] long SinceUs, [property: Id(2)] string Reason, [property: Id(3)] bool IsSent);
