using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IndustrialTwin.Testing;

/// <summary>The schemas of the API's kinds, as <c>Schemas/README.md</c> tells of them.</summary>
internal static class ApiSchemas
{
    private static readonly string Folder = Path.Combine(SiloProcess.Root, "tests/IndustrialTwin.Kubernetes.Tests/Schemas");
    private static readonly Lazy<Dictionary<string, JsonSchema>> ByKind = new(Load);

    /// <summary>Every kind that has a schema, with the API's group and version in front.</summary>
    public static IEnumerable<string> Kinds => ByKind.Value.Keys;

    /// <summary>What is wrong with a document, each fault with where it stands; a kind that has no schema is a fault.</summary>
    public static IReadOnlyList<string> Faults(Document document)
    {
        if (!ByKind.Value.TryGetValue(document.Kind, out var schema))
        {
            return [$"{document.Kind} {document.Name}: there is no schema of this kind"];
        }

        using var json = JsonDocument.Parse(ToJson(document.Node)!.ToJsonString());
        var results = schema.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).Where(part => part.Errors is not null).SelectMany(part => part.Errors!.Select(error =>
                $"{document.Kind} {document.Name} {part.InstanceLocation}: {error.Value}")).Distinct()];
    }

    private static Dictionary<string, JsonSchema> Load()
    {
        var found = new Dictionary<string, JsonSchema>();
        foreach (var file in Directory.GetFiles(Folder, "*.json"))
        {
            var whole = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            foreach (var (kind, definition) in whole["x-kinds"]!.AsObject())
            {
                var root = new JsonObject { ["$schema"] = $"{whole["$schema"]}", ["$ref"] = $"#/$defs/{definition}", ["$defs"] = whole["$defs"]!.DeepClone() };
                found.Add(kind, JsonSchema.FromText(root.ToJsonString()));
            }
        }

        return found;
    }

    /// <summary>A YAML node as the API reads it: an unquoted scalar is a number or a boolean where it looks like one.</summary>
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create($"{pair.Key}", ToJson(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? string.Empty),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new NotSupportedException($"{node.NodeType}"),
    };

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
