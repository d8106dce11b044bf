using IndustrialTwin.Analyses;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>Work for an accelerator.</summary>
[GenerateSerializer, Immutable, Alias("itwin.compute-request")]
public abstract record ComputeRequest
{
    /// <summary>When the answer is worth nothing any more; null for never. Nothing runs after it.</summary>
    [Id(0)]
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the caller where it is traced, else null.</summary>
    [Id(1)]
    public string? TraceParent { get; init; }

    /// <summary>How it is treated before its deadline is looked at.</summary>
    [Id(2)]
    public ComputeClass Class { get; init; }

    /// <summary>A later deadline that the caller would settle for rather than be refused, or null.</summary>
    [Id(3)]
    public DateTimeOffset? LatestDeadline { get; init; }

    /// <summary>Names the request, so that one that is asked again is done once; empty where the caller never asks again.</summary>
    [Id(10)]
    public Guid Name { get; init; }
}

/// <summary>Asks for <see cref="Statistic"/>s of windows.</summary>
/// <param name="Windows">The windows one after the other.</param>
/// <param name="WindowRows">Values in a window.</param>
[GenerateSerializer, Immutable, Alias("itwin.window-statistics-request")]
public sealed record WindowStatisticsRequest([property: Id(0)] float[] Windows, [property: Id(1)] int WindowRows) : ComputeRequest;

/// <summary>Asks for band powers of windows' spectra.</summary>
/// <param name="Windows">The windows one after the other.</param>
/// <param name="WindowRows">Values in a window, a power of two.</param>
/// <param name="RateHz">The sampling rate.</param>
/// <param name="Bands">The bands.</param>
[GenerateSerializer, Immutable, Alias("itwin.spectrum-request")]
public sealed record SpectrumRequest(
    [property: Id(0)] float[] Windows, [property: Id(1)] int WindowRows, [property: Id(2)] double RateHz, [property: Id(3)] Band[] Bands) : ComputeRequest;

/// <summary>Asks for a Hotelling model of rows.</summary>
/// <param name="Rows">The rows one after the other.</param>
/// <param name="Channels">Values in a row.</param>
[GenerateSerializer, Immutable, Alias("itwin.hotelling-fit-request")]
public sealed record HotellingFitRequest([property: Id(0)] double[] Rows, [property: Id(1)] int Channels) : ComputeRequest;

/// <summary>Asks for T² of rows.</summary>
/// <param name="Model">The fitted model.</param>
/// <param name="Rows">The rows one after the other.</param>
[GenerateSerializer, Immutable, Alias("itwin.hotelling-score-request")]
public sealed record HotellingScoreRequest([property: Id(0)] HotellingModelData Model, [property: Id(1)] double[] Rows) : ComputeRequest;

/// <summary>Asks for the windowed-Gaussian anomaly likelihood of a stretch of a series.</summary>
/// <param name="Series">A slice of the series.</param>
/// <param name="Origin">The absolute row of the slice's first value.</param>
/// <param name="First">The absolute row of the first value to score; the slice's rest is scored.</param>
/// <param name="WindowRows">Values in the window.</param>
/// <param name="StepRows">Values that pass before the window moves.</param>
[GenerateSerializer, Immutable, Alias("itwin.likelihood-request")]
public sealed record LikelihoodRequest(
    [property: Id(0)] double[] Series,
    [property: Id(1)] long Origin,
    [property: Id(2)] long First,
    [property: Id(3)] int WindowRows,
    [property: Id(4)] int StepRows) : ComputeRequest;

/// <summary>A fitted Hotelling model of m channels.</summary>
/// <param name="Mean">m means.</param>
/// <param name="Scale">m population standard deviations, 1 where a channel did not vary.</param>
/// <param name="InverseCovariance">m × m, row by row, of the scaled rows.</param>
/// <param name="Rows">The rows fitted.</param>
/// <param name="Rank">Independent channels among them.</param>
/// <param name="UpperControlLimit">The limit of T² for normal rows.</param>
[GenerateSerializer, Immutable, Alias("itwin.hotelling-model")]
public sealed record HotellingModelData(
    [property: Id(0)] double[] Mean,
    [property: Id(1)] double[] Scale,
    [property: Id(2)] double[] InverseCovariance,
    [property: Id(3)] int Rows,
    [property: Id(4)] int Rank,
    [property: Id(5)] double UpperControlLimit);
