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
    [property: Id(5)] double? Value);
