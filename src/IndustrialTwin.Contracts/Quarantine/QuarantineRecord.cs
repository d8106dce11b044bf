namespace IndustrialTwin.Quarantine;

/// <summary>Something that came in and could not be used, kept with its reason so that nothing is lost.</summary>
/// <param name="ReceivedUs">When it came, microseconds since 1970-01-01 UTC.</param>
/// <param name="Machine">The machine as far as it is known, else null.</param>
/// <param name="Topic">The MQTT topic, or null where it did not come over MQTT.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">The same in words: asset, field, value, and what was expected.</param>
/// <param name="Payload">What came, or the single sample as JSON; cut at <see cref="PayloadBytesMax"/>.</param>
/// <param name="Samples">How many samples it holds; 0 where it is a whole payload that could not be read.</param>
/// <param name="PayloadBytes">The payload's length before any cut, bytes.</param>
[GenerateSerializer, Immutable, Alias("itwin.quarantine-record")]
public sealed record QuarantineRecord(
    [property: Id(0)] long ReceivedUs,
    [property: Id(1)] string? Machine,
    [property: Id(2)] string? Topic,
    [property: Id(3)] QuarantineReason Reason,
    [property: Id(4)] string Detail,
    [property: Id(5)] byte[] Payload,
    [property: Id(6)] int Samples,
    [property: Id(7)] int PayloadBytes)
{
    /// <summary>Bytes of a payload that a record keeps.</summary>
    public const int PayloadBytesMax = 256 * 1024;
}
