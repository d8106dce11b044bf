namespace IndustrialTwin.Analyses;

/// <summary>
/// Energies of bands of the envelope's spectrum of one channel's successive windows: the strikes of a damaged bearing or gear. With a bearing
/// its features are <c>outer-race</c>, <c>inner-race</c>, <c>element</c> and <c>cage</c>, each the energy around that fault's frequency and its
/// harmonics; else those of <paramref name="Bands"/>. In the channel's unit squared.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channel">The channel, an acceleration.</param>
/// <param name="RateHz">The channel's sampling rate.</param>
/// <param name="WindowRows">Samples in a window: a power of two, 32 to 65,536. Bins are rate / window apart.</param>
/// <param name="StrideRows">Samples from one window's start to the next one's, 1 to <paramref name="WindowRows"/>.</param>
/// <param name="CarrierFromHz">Lower edge of the band whose envelope is taken, 0 or more: a resonance that the strikes ring.</param>
/// <param name="CarrierToHz">Its upper edge, at most half the rate.</param>
/// <param name="Bearing">The bearing, or null where the bands are given.</param>
/// <param name="Bands">The bands; empty where there is a bearing.</param>
[GenerateSerializer, Immutable, Alias("itwin.envelope-analysis")]
public sealed record EnvelopeAnalysis(
    string Name,
    [property: Id(0)] string Channel,
    [property: Id(1)] double RateHz,
    [property: Id(2)] int WindowRows,
    [property: Id(3)] int StrideRows,
    [property: Id(4)] double CarrierFromHz,
    [property: Id(5)] double CarrierToHz,
    [property: Id(6)] BearingDeclaration? Bearing,
    [property: Id(7)] Band[] Bands) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => Bearing is null ? [.. Bands.Select(band => band.Name)] : BearingDeclaration.Faults;
}

/// <summary>A rolling bearing with a fixed outer ring, and how it is looked at.</summary>
/// <param name="Elements">Balls or rollers, 2 or more.</param>
/// <param name="ElementDiameterMm">Diameter of a ball or roller, mm, above 0.</param>
/// <param name="PitchDiameterMm">Diameter of the circle of their centres, mm, above the element's.</param>
/// <param name="ContactAngleDegrees">Angle of the load from the radial plane, 0 to below 90 degrees.</param>
/// <param name="ShaftHz">Turns of the shaft per second, above 0.</param>
/// <param name="Harmonics">Bands of a fault, the first at its own frequency, 1 to 16.</param>
/// <param name="HalfWidth">Half of a band's width over its centre, above 0 and below 0.5: room for slip and uneven speed.</param>
[GenerateSerializer, Immutable, Alias("itwin.bearing")]
public sealed record BearingDeclaration(
    [property: Id(0)] int Elements,
    [property: Id(1)] double ElementDiameterMm,
    [property: Id(2)] double PitchDiameterMm,
    [property: Id(3)] double ContactAngleDegrees,
    [property: Id(4)] double ShaftHz,
    [property: Id(5)] int Harmonics,
    [property: Id(6)] double HalfWidth)
{
    /// <summary>The features of a bearing, in their order.</summary>
    public static IReadOnlyList<string> Faults { get; } = ["outer-race", "inner-race", "element", "cage"];
}
