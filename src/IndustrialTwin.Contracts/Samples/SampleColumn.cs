namespace IndustrialTwin.Samples;

/// <summary>One channel's part of a batch: as many values as times.</summary>
/// <param name="Channel">The channel's name, as the plant file declares it.</param>
/// <param name="TimesUs">When each value was taken, in microseconds since 1970-01-01 UTC. Columns of one batch may share one array.</param>
/// <param name="Values">The values in the channel's unit.</param>
[GenerateSerializer, Immutable, Alias("itwin.sample-column")]
public sealed record SampleColumn(
    [property: Id(0)] string Channel,
    [property: Id(1)] long[] TimesUs,
    [property: Id(2)] double[] Values);
