using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;

namespace IndustrialTwin.Keys;

/// <summary>How read models look as JSON wherever they are shown: keys as text, enumerations as camelCase names, and null for what is no number.</summary>
public static class ReadModelJson
{
    /// <summary>Adds the converters to options.</summary>
    public static void AddTo(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        JsonConverter[] converters =
        [
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new FiniteNumberConverter(),
            new KeyConverter<SiteKey>(),
            new KeyConverter<LineKey>(),
            new KeyConverter<MachineKey>(),
            new KeyConverter<NodeKey>(),
            new KeyConverter<AcceleratorKey>(),
            new KeyConverter<WorkQueueKey>(),
        ];
        foreach (var converter in converters)
        {
            options.Converters.Add(converter);
        }
    }

    /// <summary>JSON has no NaN and no infinity: they become null.</summary>
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
        public override TKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TKey.TryParse(reader.GetString(), null, out var key) ? key : throw new JsonException($"Expected a {typeof(TKey).Name}.");

        public override void Write(Utf8JsonWriter writer, TKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
