using System.Text.Json;
using IndustrialTwin.Keys;

namespace IndustrialTwin.Twins;

/// <summary>How twins look as JSON, the same as in the HTTP API: camelCase, keys as text, enumerations as names, null for what is no number.</summary>
internal static class TwinJson
{
    private static readonly JsonSerializerOptions OneLine = Make(indented: false), Indented = Make(indented: true);

    public static string Text(object value, bool indented) => JsonSerializer.Serialize(value, value.GetType(), indented ? Indented : OneLine);

    private static JsonSerializerOptions Make(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // For terminals, not for web pages.
        };
        ReadModelJson.AddTo(options);
        return options;
    }
}
