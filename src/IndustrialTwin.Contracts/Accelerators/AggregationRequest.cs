namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for one gradient out of many workers', for federated training. The answer has a value a coordinate, in the gradients' unit, and an
/// <see cref="AggregationResult"/>.
/// </summary>
/// <param name="Gradients">Workers × coordinates, worker after worker; finite, at most 1e15 in size, at most 67,108,864 of them.</param>
/// <param name="Workers">Workers, 1 to 256.</param>
/// <param name="Rule">How the gradients are joined.</param>
/// <param name="Weights">For the weighted mean one a worker, 0 or above, not all 0; empty for equal ones. Empty for the other rules.</param>
/// <param name="TrimShare">For the trimmed mean the share of workers left out at each end, 0 to below 0.5.</param>
/// <param name="ClipNorm">Longer gradients are first shortened to this Euclidean length, above 0; infinity for none.</param>
[GenerateSerializer, Immutable, Alias("itwin.aggregation-request")]
public sealed record AggregationRequest(
    [property: Id(0)] float[] Gradients,
    [property: Id(1)] int Workers,
    [property: Id(2)] JoiningRule Rule,
    [property: Id(3)] float[] Weights,
    [property: Id(4)] double TrimShare = 0.1,
    [property: Id(5)] double ClipNorm = double.PositiveInfinity) : ComputeRequest;

/// <summary>How the gradients of many workers become one.</summary>
[GenerateSerializer, Alias("itwin.joining-rule")]
public enum JoiningRule
{
    /// <summary>Mean weighted by, say, each worker's samples. One bad worker moves it as far as it likes.</summary>
    WeightedMean,

    /// <summary>Coordinate by coordinate the mean of what is left without a share of the least and of the greatest.</summary>
    TrimmedMean,

    /// <summary>Coordinate by coordinate the middle value; half of the workers may be bad.</summary>
    Median,
}

/// <summary>What joining gradients told of the workers.</summary>
/// <param name="Norms">Euclidean length of each worker's gradient before clipping.</param>
/// <param name="Clipped">Workers whose gradient was shortened.</param>
[GenerateSerializer, Immutable, Alias("itwin.aggregation-result")]
public sealed record AggregationResult([property: Id(0)] float[] Norms, [property: Id(1)] int Clipped) : ComputeResult;
