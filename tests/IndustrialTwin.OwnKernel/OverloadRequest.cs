using IndustrialTwin.Accelerators;

namespace Acme.Overloads;

/// <summary>Asks the grid for the dose of each window: what its samples exceed the limit by, kN times samples.</summary>
/// <param name="Windows">The windows one after the other, kN.</param>
/// <param name="WindowRows">Samples in a window, 1 to 65,536.</param>
/// <param name="LimitKn">Load above which the machine wears, kN, finite.</param>
[GenerateSerializer, Immutable, Alias("acme.overload-request")]
public sealed record OverloadRequest(
    [property: Id(0)] float[] Windows, [property: Id(1)] int WindowRows, [property: Id(2)] float LimitKn) : ComputeRequest;
