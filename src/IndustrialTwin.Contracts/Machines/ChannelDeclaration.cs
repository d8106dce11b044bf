namespace IndustrialTwin.Machines;

/// <summary>A measured quantity of a machine.</summary>
/// <param name="Name">Its name, 1 to 64 characters, unique within its machine type.</param>
/// <param name="Unit">Its unit as a UCUM code or plain text, such as <c>bar</c>; empty for none.</param>
/// <param name="Minimum">The smallest value that the sensor can mean.</param>
/// <param name="Maximum">The largest value that the sensor can mean, above <paramref name="Minimum"/>.</param>
/// <param name="RateHz">The nominal sampling rate, above 0.</param>
[GenerateSerializer, Immutable, Alias("itwin.channel-declaration")]
public sealed record ChannelDeclaration(
    [property: Id(0)] string Name,
    [property: Id(1)] string Unit,
    [property: Id(2)] double Minimum,
    [property: Id(3)] double Maximum,
    [property: Id(4)] double RateHz);
