namespace IndustrialTwin.Controls;

/// <summary>A control loop as it stands. The counts are of the twin's present activation.</summary>
/// <param name="Control">The loop's name.</param>
/// <param name="Command">What it commands.</param>
/// <param name="Commands">Commands sent.</param>
/// <param name="Misses">Decisions that came after their deadline, or found no device or no way out; nothing was sent for them.</param>
/// <param name="Statistic">The statistic last decided on, or null.</param>
/// <param name="Value">The value last commanded, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.control-snapshot")]
public sealed record ControlSnapshot(
    [property: Id(0)] string Control,
    [property: Id(1)] string Command,
    [property: Id(2)] long Commands,
    [property: Id(3)] long Misses,
    [property: Id(4)] double? Statistic,
    [property: Id(5)] double? Value)
{
    /// <summary>What it falls back to, or null where it does not.</summary>
    [Id(6)]
    public ControlFallback? Fallback { get; init; }

    /// <summary>Since when it is in fallback, clock time, microseconds since 1970-01-01 UTC; null while it works normally.</summary>
    [Id(7)]
    public long? FallbackSinceUs { get; init; }

    /// <summary>Why it fell back, one of <see cref="Controls.FallbackReason"/> or what its decision was missed for; null while it works normally.</summary>
    [Id(8)]
    public string? FallbackReason { get; init; }
}
