using System.Text.Json;
using System.Text.Json.Serialization;
using IndustrialTwin.Keys;
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
        };
        ReadModelJson.AddTo(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
