namespace IndustrialTwin.Analyses;

/// <summary>A stretch of a feature as the twin computed it: times ascending, one entry of each array a point.</summary>
/// <param name="TimesUs">Event time, microseconds since 1970-01-01 UTC: a row's time, or its window's last sample's.</param>
/// <param name="Values">The feature.</param>
/// <param name="Filtered">The rolling median that the feature's alarm judges; equal to the value where no alarm has one. NaN until the median is full.</param>
/// <param name="Exceeded">Whether <paramref name="Filtered"/> lay beyond the alarm's limit, before hysteresis and delay.</param>
/// <param name="More">Whether points after the last one were left out.</param>
[GenerateSerializer, Immutable, Alias("itwin.feature-series")]
public sealed record FeatureSeries(
    [property: Id(0)] long[] TimesUs,
    [property: Id(1)] double[] Values,
    [property: Id(2)] double[] Filtered,
    [property: Id(3)] bool[] Exceeded,
    [property: Id(4)] bool More)
{
    /// <summary>The number of points.</summary>
    public int Count => TimesUs.Length;
}
