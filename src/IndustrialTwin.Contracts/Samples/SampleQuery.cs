namespace IndustrialTwin.Samples;

/// <summary>Asks for a stretch of one series in time order.</summary>
/// <param name="Name">The channel or feature.</param>
/// <param name="FromUs">First time wanted, microseconds since 1970-01-01 UTC, inclusive.</param>
/// <param name="ToUs">Last time wanted, inclusive.</param>
/// <param name="PointsMax">At most so many points, 1 to <see cref="PointsLimit"/>; ask again from the last time on for more.</param>
[GenerateSerializer, Immutable, Alias("itwin.sample-query")]
public sealed record SampleQuery(
    [property: Id(0)] string Name,
    [property: Id(1)] long FromUs = long.MinValue,
    [property: Id(2)] long ToUs = long.MaxValue,
    [property: Id(3)] int PointsMax = SampleQuery.PointsLimit)
{
    /// <summary>The most points that one answer carries.</summary>
    public const int PointsLimit = 100_000;
}

/// <summary>A stretch of a channel: times ascending, a value for each.</summary>
/// <param name="TimesUs">Microseconds since 1970-01-01 UTC.</param>
/// <param name="Values">In the channel's unit.</param>
/// <param name="More">Whether points after the last one were left out.</param>
[GenerateSerializer, Immutable, Alias("itwin.sample-series")]
public sealed record SampleSeries(
    [property: Id(0)] long[] TimesUs,
    [property: Id(1)] double[] Values,
    [property: Id(2)] bool More);
