using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>
/// The JSON form of a batch, as it travels over MQTT on the topic of its machine:
/// <code>
/// {"source":"device","epoch":1,"sequence":42,
///  "timesUs":[1700000000000000,1700000000100000],
///  "channels":{"pressure":[1.5,null],"flow":{"startUs":1700000000000000,"stepUs":39.0625,"values":[2.0,2.5,2.25]}}}
/// </code>
/// Times are microseconds since 1970-01-01 UTC: a list, or regular as <c>startUs</c> and <c>stepUs</c> (above 0, fractions allowed)
/// with an optional <c>count</c>, where time <c>i</c> is <c>startUs + round(i · stepUs)</c>, halves to even. A channel is a list of
/// values at the batch's times, or an object with times of its own. <c>null</c> means: no sample at this time. Members may come in
/// any order, none twice and none but these; <c>source</c> may be left out. Numbers beyond the range of a double count as infinite
/// and stay in the batch: the twin puts them in quarantine one by one.
/// </summary>
public static class SamplePayload
{
    /// <summary>The longest payload, bytes.</summary>
    public const int PayloadBytesMax = 1024 * 1024;

    /// <summary>The most values in a payload, nulls counted.</summary>
    public const int SamplesMax = 100_000;

    /// <summary>The most channels in a payload.</summary>
    public const int ColumnsMax = 256;

    /// <summary>The longest name of a channel, characters.</summary>
    public const int ChannelNameLengthMax = 64;

    /// <summary>The longest name of a source, characters.</summary>
    public const int SourceLengthMax = 64;

    /// <summary>How deep a payload nests: the batch, its channels, a channel, its list.</summary>
    public const int DepthMax = 4;

    /// <summary>The MQTT content type of a payload.</summary>
    public const string ContentType = "application/json";

    /// <summary>Reads a payload that came for a machine. Bad input is answered, never thrown.</summary>
    /// <param name="machine">The machine that the topic names.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="traceParent">What to put into <see cref="SampleBatch.TraceParent"/>.</param>
    public static SamplePayloadReply Read(MachineKey machine, ReadOnlySpan<byte> payload, string? traceParent = null) =>
        new SamplePayloadReader(machine, payload).Read(traceParent);

    /// <summary>Writes a batch as a payload.</summary>
    /// <exception cref="ArgumentException">
    /// The batch is over a limit, a column has not as many times as values, or a value is NaN, for which JSON has no number.
    /// </exception>
    public static byte[] Write(SampleBatch batch)
    {
        var target = new ArrayBufferWriter<byte>(1024);
        Write(target, batch);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Writes a batch as a payload into a buffer.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Write(SampleBatch)"/>.</exception>
    public static void Write(IBufferWriter<byte> target, SampleBatch batch)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(batch);
        SamplePayloadWriter.Write(target, batch);
    }
}

/// <summary>What became of reading a payload: a batch, or why there is none.</summary>
/// <param name="Batch">The batch, or null.</param>
/// <param name="Reason">Why there is none, or null.</param>
/// <param name="Detail">The same in words: machine, field, value, what was expected and the byte position.</param>
public readonly record struct SamplePayloadReply(SampleBatch? Batch, QuarantineReason? Reason, string? Detail)
{
    /// <summary>Whether there is a batch.</summary>
    [MemberNotNullWhen(true, nameof(Batch))]
    [MemberNotNullWhen(false, nameof(Reason), nameof(Detail))]
    public bool IsGood => Batch is not null;
}
