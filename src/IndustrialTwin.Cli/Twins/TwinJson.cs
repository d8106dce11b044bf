using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Twins;

/// <summary>How twins look as JSON, the same as in the HTTP API: camelCase, keys as text, enumerations as names, null for what is no number.</summary>
internal static class TwinJson
{
    private static readonly JsonSerializerOptions OneLine = Make(indented: false), Indented = Make(indented: true);

    public static string Text(object value, bool indented) => JsonSerializer.Serialize(value, value.GetType(), indented ? Indented : OneLine);

    private static JsonSerializerOptions Make(bool indented) => new(JsonSerializerDefaults.Web)
    {
        WriteIndented = indented,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // For terminals, not for web pages.
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new FiniteNumberConverter(),
            new KeyConverter<SiteKey>(),
            new KeyConverter<LineKey>(),
            new KeyConverter<MachineKey>(),
            new KeyConverter<NodeKey>(),
            new KeyConverter<AcceleratorKey>(),
        },
    };

    private sealed class FiniteNumberConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }

    private sealed class KeyConverter<TKey> : JsonConverter<TKey>
        where TKey : struct, ISpanParsable<TKey>
    {
        public override TKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TKey.Parse(reader.GetString()!, null);

        public override void Write(Utf8JsonWriter writer, TKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
