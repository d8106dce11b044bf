using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace IndustrialTwin.Testing;

/// <summary>The rules and dashboards as files, and the metrics that they name.</summary>
internal static partial class Monitoring
{
    private static readonly string Folder = Path.Combine(SiloProcess.Root, "k8s/components/monitoring");

    /// <summary>The rule resource's groups, as a plain rule file has them.</summary>
    public static YamlMappingNode Groups
    {
        get
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(File.ReadAllText(Path.Combine(Folder, "rules.yaml"))));
            return (YamlMappingNode)stream.Documents[0].RootNode["spec"];
        }
    }

    public static IReadOnlyList<YamlMappingNode> Rules =>
        [.. ((YamlSequenceNode)Groups["groups"]).SelectMany(group => (YamlSequenceNode)group["rules"]).Cast<YamlMappingNode>()];

    public static IEnumerable<string> Dashboards => Directory.GetFiles(Path.Combine(Folder, "dashboards"), "*.json");

    /// <summary>Every query, with where it stands.</summary>
    public static IEnumerable<(string Where, string Query)> Queries() =>
        Rules.Select(rule => ("rules.yaml", $"{rule["expr"]}"))
            .Concat(
                from file in Dashboards
                from panel in Read(file).RootElement.GetProperty("panels").EnumerateArray()
                from target in panel.GetProperty("targets").EnumerateArray()
                select ($"{Path.GetFileName(file)}: {panel.GetProperty("title")}", target.GetProperty("expr").GetString()!));

    public static JsonDocument Read(string dashboard) => JsonDocument.Parse(File.ReadAllText(dashboard));

    /// <summary>The series that a query names.</summary>
    public static IEnumerable<string> Metrics(string query) =>
        Name().Matches(Labels().Replace(query, " ")).Select(match => match.Value).Where(name => name.Contains('_', StringComparison.Ordinal));

    // What a selector holds, what is grouped by, and names of functions.
    [GeneratedRegex(@"\{[^}]*\}|\bby \([^)]*\)|\[[^\]]*\]|""[^""]*""|\b\w+\s*(?=\()")]
    private static partial Regex Labels();

    [GeneratedRegex(@"[a-z][a-z0-9_:]*")]
    private static partial Regex Name();
}
