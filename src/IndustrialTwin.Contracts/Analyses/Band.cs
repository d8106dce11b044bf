namespace IndustrialTwin.Analyses;

/// <summary>A frequency band of a spectrum.</summary>
/// <param name="Name">Its name, the feature's name too.</param>
/// <param name="FromHz">Lower edge, inclusive, 0 or more.</param>
/// <param name="ToHz">Upper edge, exclusive, at most half the channel's rate.</param>
[GenerateSerializer, Immutable, Alias("itwin.band")]
public sealed record Band([property: Id(0)] string Name, [property: Id(1)] double FromHz, [property: Id(2)] double ToHz);
