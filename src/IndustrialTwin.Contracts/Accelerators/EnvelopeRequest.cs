using IndustrialTwin.Analyses;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for band energies of the envelope's spectrum: what bearings and gears that are damaged show. The answer has a value a band and
/// window, window by window, in the square of the signal's unit.
/// </summary>
/// <param name="Windows">The windows one after the other, all finite.</param>
/// <param name="WindowRows">Values in a window: a power of two, 32 to 65,536.</param>
/// <param name="RateHz">The sampling rate, above 0.</param>
/// <param name="CarrierFromHz">Lower edge of the band whose envelope is taken, 0 or more: a resonance that a fault's impacts ring.</param>
/// <param name="CarrierToHz">Its upper edge, at most half the rate.</param>
/// <param name="Bands">Bands of the envelope's spectrum, 1 to 256.</param>
[GenerateSerializer, Immutable, Alias("itwin.envelope-request")]
public sealed record EnvelopeRequest(
    [property: Id(0)] float[] Windows,
    [property: Id(1)] int WindowRows,
    [property: Id(2)] double RateHz,
    [property: Id(3)] double CarrierFromHz,
    [property: Id(4)] double CarrierToHz,
    [property: Id(5)] Band[] Bands) : ComputeRequest;
