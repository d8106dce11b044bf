using System.Buffers;
using System.Text.Json;
using Google.Protobuf;

namespace IndustrialTwin.Traces;

/// <summary>
/// OTLP traces from protobuf to JSON, one request a line, as the OpenTelemetry collector's file exporter writes them. Field numbers are
/// those of opentelemetry-proto 1.x; what the JSON form of a field needs no reader here is left out.
/// </summary>
internal static class OtlpJson
{
    private delegate void Field(int number, CodedInputStream input, Utf8JsonWriter json);

    /// <summary>One line of JSON, without its end.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is no request to export traces.</exception>
    public static byte[] Line(byte[] request)
    {
        var target = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(target))
        {
            json.WriteStartObject();
            Lists(request, json, (1, "resourceSpans", ResourceSpans));
            json.WriteEndObject();
        }

        return target.WrittenSpan.ToArray();
    }

    private static void ResourceSpans(byte[] message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var resource in Parts(message, 1))
        {
            json.WriteStartObject("resource");
            Lists(resource, json, (1, "attributes", Attribute));
            json.WriteEndObject();
        }

        Lists(message, json, (2, "scopeSpans", ScopeSpans));
        json.WriteEndObject();
    }

    private static void ScopeSpans(byte[] message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var scope in Parts(message, 1))
        {
            json.WriteStartObject("scope");
            Scalars(scope, json, (number, input, to) => { if (number == 1) { to.WriteString("name", input.ReadString()); } else { input.SkipLastField(); } });
            json.WriteEndObject();
        }

        Lists(message, json, (2, "spans", Span));
        json.WriteEndObject();
    }

    private static void Span(byte[] message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Scalars(message, json, static (number, input, to) =>
        {
            switch (number)
            {
                case 1: to.WriteString("traceId", Hex(input)); break;
                case 2: to.WriteString("spanId", Hex(input)); break;
                case 4: to.WriteString("parentSpanId", Hex(input)); break;
                case 5: to.WriteString("name", input.ReadString()); break;
                case 6: to.WriteNumber("kind", input.ReadEnum()); break;
                case 7: to.WriteString("startTimeUnixNano", $"{input.ReadFixed64()}"); break;
                case 8: to.WriteString("endTimeUnixNano", $"{input.ReadFixed64()}"); break;
                default: input.SkipLastField(); break;
            }
        });
        Lists(message, json, (9, "attributes", Attribute), (11, "events", Event), (13, "links", Link));
        foreach (var status in Parts(message, 15))
        {
            json.WriteStartObject("status");
            Scalars(status, json, static (number, input, to) =>
            {
                switch (number)
                {
                    case 2: to.WriteString("message", input.ReadString()); break;
                    case 3: to.WriteNumber("code", input.ReadEnum()); break;
                    default: input.SkipLastField(); break;
                }
            });
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Event(byte[] message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Scalars(message, json, static (number, input, to) =>
        {
            switch (number)
            {
                case 1: to.WriteString("timeUnixNano", $"{input.ReadFixed64()}"); break;
                case 2: to.WriteString("name", input.ReadString()); break;
                default: input.SkipLastField(); break;
            }
        });
        Lists(message, json, (3, "attributes", Attribute));
        json.WriteEndObject();
    }

    private static void Link(byte[] message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Scalars(message, json, static (number, input, to) =>
        {
            switch (number)
            {
                case 1: to.WriteString("traceId", Hex(input)); break;
                case 2: to.WriteString("spanId", Hex(input)); break;
                default: input.SkipLastField(); break;
            }
        });
        json.WriteEndObject();
    }

    private static void Attribute(byte[] message, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Scalars(message, json, static (number, input, to) => { if (number == 1) { to.WriteString("key", input.ReadString()); } else { input.SkipLastField(); } });
        json.WriteStartObject("value");
        foreach (var value in Parts(message, 2))
        {
            Scalars(value, json, static (number, input, to) =>
            {
                switch (number)
                {
                    case 1: to.WriteString("stringValue", input.ReadString()); break;
                    case 2: to.WriteBoolean("boolValue", input.ReadBool()); break;
                    case 3: to.WriteString("intValue", $"{input.ReadInt64()}"); break;
                    case 4: to.WriteNumber("doubleValue", Finite(input.ReadDouble())); break;
                    default: input.SkipLastField(); break;
                }
            });
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;

    private static void Scalars(byte[] message, Utf8JsonWriter json, Field field)
    {
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            field(WireFormat.GetTagFieldNumber(tag), input, json);
        }
    }

    private static void Lists(byte[] message, Utf8JsonWriter json, params (int Number, string Name, Action<byte[], Utf8JsonWriter> Write)[] lists)
    {
        foreach (var (number, name, write) in lists)
        {
            var parts = Parts(message, number);
            if (parts.Count == 0)
            {
                continue;
            }

            json.WriteStartArray(name);
            foreach (var part in parts)
            {
                write(part, json);
            }

            json.WriteEndArray();
        }
    }

    private static List<byte[]> Parts(byte[] message, int field)
    {
        var found = new List<byte[]>();
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }

    private static string Hex(CodedInputStream input) => Convert.ToHexStringLower(input.ReadBytes().Span);
}
