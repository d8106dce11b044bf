using System.Buffers;
using System.Text.Json;

namespace IndustrialTwin.Samples;

/// <summary>Writes the JSON form of <see cref="SamplePayload"/>.</summary>
internal static class SamplePayloadWriter
{
    /// <summary>JSON has no word for infinity; a number beyond a double's range reads as one.</summary>
    private const string Infinity = "1e999";
    private const string NegativeInfinity = "-1e999";

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    internal static void Write(IBufferWriter<byte> target, SampleBatch batch)
    {
        Check(batch);
        using var writer = new Utf8JsonWriter(target, Options);
        var shared = batch.Columns.Length > 0 ? batch.Columns[0].TimesUs : [];
        writer.WriteStartObject();
        if (batch.Source != SampleBatch.DefaultSource)
        {
            writer.WriteString("source"u8, batch.Source);
        }

        writer.WriteNumber("epoch"u8, batch.Epoch);
        writer.WriteNumber("sequence"u8, batch.Sequence);
        WriteTimes(writer, shared);
        writer.WriteStartObject("channels"u8);
        foreach (var column in batch.Columns)
        {
            writer.WritePropertyName(column.Channel);
            if (ReferenceEquals(column.TimesUs, shared) || column.TimesUs.AsSpan().SequenceEqual(shared))
            {
                WriteValues(writer, column);
                continue;
            }

            writer.WriteStartObject();
            WriteTimes(writer, column.TimesUs);
            writer.WritePropertyName("values"u8);
            WriteValues(writer, column);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        if (writer.BytesCommitted > SamplePayload.PayloadBytesMax)
        {
            throw new ArgumentException(
                $"The batch {batch.Machine}/{batch.Epoch}/{batch.Sequence} takes {writer.BytesCommitted} bytes; "
                + $"at most {SamplePayload.PayloadBytesMax} are allowed.",
                nameof(batch));
        }
    }

    private static void Check(SampleBatch batch)
    {
        if (batch.Source.Length is 0 or > SamplePayload.SourceLengthMax)
        {
            throw new ArgumentException($"The source '{batch.Source}' must have 1 to {SamplePayload.SourceLengthMax} characters.", nameof(batch));
        }

        if (batch.Columns.Length > SamplePayload.ColumnsMax || batch.SampleCount > SamplePayload.SamplesMax)
        {
            throw new ArgumentException(
                $"The batch has {batch.Columns.Length} channels and {batch.SampleCount} values; "
                + $"at most {SamplePayload.ColumnsMax} and {SamplePayload.SamplesMax} are allowed.",
                nameof(batch));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in batch.Columns)
        {
            if (column.Channel.Length is 0 or > SamplePayload.ChannelNameLengthMax || !names.Add(column.Channel))
            {
                throw new ArgumentException(
                    $"The channel '{column.Channel}' must have 1 to {SamplePayload.ChannelNameLengthMax} characters and come once.", nameof(batch));
            }

            if (column.TimesUs.Length != column.Values.Length)
            {
                throw new ArgumentException(
                    $"The channel '{column.Channel}' has {column.TimesUs.Length} times for {column.Values.Length} values.", nameof(batch));
            }

            if (column.Values.AsSpan().IndexOf(double.NaN) is >= 0 and var index)
            {
                throw new ArgumentException(
                    $"The channel '{column.Channel}' has NaN at index {index}, which JSON has no number for; leave the sample out.", nameof(batch));
            }
        }
    }

    private static void WriteTimes(Utf8JsonWriter writer, long[] timesUs)
    {
        if (SamplePayloadTimes.TryFindStep(timesUs, out var stepUs))
        {
            writer.WriteNumber("startUs"u8, timesUs[0]);
            writer.WriteNumber("stepUs"u8, stepUs);
            return;
        }

        writer.WriteStartArray("timesUs"u8);
        foreach (var time in timesUs)
        {
            writer.WriteNumberValue(time);
        }

        writer.WriteEndArray();
    }

    private static void WriteValues(Utf8JsonWriter writer, SampleColumn column)
    {
        writer.WriteStartArray();
        foreach (var value in column.Values)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteRawValue(value > 0 ? Infinity : NegativeInfinity, skipInputValidation: true);
            }
        }

        writer.WriteEndArray();
    }
}
