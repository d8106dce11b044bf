namespace IndustrialTwin.Machines;

/// <summary>How to tell from a channel that a machine runs: the last value at or above a level.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="AtLeast">The level, in the channel's unit.</param>
[GenerateSerializer, Immutable, Alias("itwin.running-rule")]
public sealed record RunningRule([property: Id(0)] string Channel, [property: Id(1)] double AtLeast);
