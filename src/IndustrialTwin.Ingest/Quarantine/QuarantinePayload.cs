using System.Buffers;
using System.Text.Json;

namespace IndustrialTwin.Quarantine;

/// <summary>The JSON form in which quarantine is told to subscribers; what came stands in it as base64.</summary>
internal static class QuarantinePayload
{
    internal static byte[] Write(QuarantineRecord record)
    {
        var target = new ArrayBufferWriter<byte>(512 + (record.Payload.Length * 4 / 3));
        using var writer = new Utf8JsonWriter(target);
        writer.WriteStartObject();
        writer.WriteNumber("receivedUs"u8, record.ReceivedUs);
        writer.WriteString("machine"u8, record.Machine);
        writer.WriteString("topic"u8, record.Topic);
        writer.WriteString("reason"u8, record.Reason.ToString());
        writer.WriteString("detail"u8, record.Detail);
        writer.WriteNumber("samples"u8, record.Samples);
        writer.WriteNumber("payloadBytes"u8, record.PayloadBytes);
        writer.WriteBase64String("payload"u8, record.Payload);
        writer.WriteEndObject();
        writer.Flush();
        return target.WrittenSpan.ToArray();
    }
}
