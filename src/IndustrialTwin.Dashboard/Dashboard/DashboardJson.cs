using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IndustrialTwin.Dashboard;

/// <summary>How the read models look as JSON: camelCase, keys as text, enumerations as camelCase names, and null for what is no number.</summary>
internal static class DashboardJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    public static JsonHttpResult<T> Answer<T>(T value) => TypedResults.Json(value, Options);

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // Numbers in strings and members that nobody knows are mistakes of the caller.
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            MaxDepth = 16,
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
                new FiniteNumberConverter(),
                new KeyConverter<SiteKey>(),
                new KeyConverter<LineKey>(),
                new KeyConverter<MachineKey>(),
                new KeyConverter<NodeKey>(),
                new KeyConverter<AcceleratorKey>(),
                new KeyConverter<WorkQueueKey>(),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
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
