using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace IndustrialTwin.Testing;

/// <summary>The collector's configuration, as far as it can be judged without the collector: its parts fit each other and what runs them.</summary>
public sealed partial class CollectorTests
{
    // The parts of the contrib distribution that the configuration may use, as its manifest names them.
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["receivers"] = ["otlp"],
        ["processors"] = ["memory_limiter", "tail_sampling", "batch"],
        ["exporters"] = ["otlp"],
        ["extensions"] = ["health_check"],
    };

    public static TheoryData<string> Overlays => ["edge", "cloud", "gpu"];

    [Theory, MemberData(nameof(Overlays))]
    public async Task Every_part_that_a_pipeline_names_is_declared_and_every_one_declared_is_used(string name) =>
        Assert.Empty(Faults(await ConfigurationAsync(name)));

    [Theory]
    [InlineData("exporters: [otlp]", "exporters: [oltp]")]
    [InlineData("  batch:\n", "  bach:\n")]
    [InlineData("extensions: [health_check]", "extensions: []")]
    [InlineData("processors: [memory_limiter, tail_sampling, batch]", "processors: [tail_sampling, memory_limiter, batch]")]
    [InlineData("        type: latency\n", "        type: duration\n")]
    public async Task A_part_that_does_not_fit_is_found(string before, string after)
    {
        var text = await TextAsync("cloud");
        Assert.Contains(before, text, StringComparison.Ordinal);
        Assert.NotEmpty(Faults(Read(text.Replace(before, after, StringComparison.Ordinal))));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Its_ports_variables_and_memory_are_those_of_its_pod(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        var configuration = await ConfigurationAsync(name);
        var pod = Assert.Single(overlay.Of<V1Deployment>(), deployment => deployment.Metadata.Name == "otel-collector").Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);
        int Port(string port) => Assert.Single(container.Ports, found => found.Name == port).ContainerPort;
        Assert.EndsWith($":{Port("otlp")}", $"{configuration["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]}", StringComparison.Ordinal);
        Assert.EndsWith($":{Port("health")}", $"{configuration["extensions"]["health_check"]["endpoint"]}", StringComparison.Ordinal);
        Assert.Subset(
            container.Env.Select(variable => variable.Name).ToHashSet(),
            Variable().Matches(await TextAsync(name)).Select(match => match.Groups[1].Value).ToHashSet());

        // The runtime collects before the limiter refuses, and the limiter refuses before the kernel kills.
        var limit = container.Resources.Limits["memory"].ToDecimal();
        var soft = new ResourceQuantity(container.Env.Single(variable => variable.Name == "GOMEMLIMIT").Value.TrimEnd('B')).ToDecimal();
        var refused = limit * int.Parse($"{configuration["processors"]["memory_limiter"]["limit_percentage"]}", CultureInfo.InvariantCulture) / 100;
        Assert.True(soft <= refused && refused < limit, $"{soft} {refused} {limit}");

        // Where silos send is where it listens, in a pipeline for each signal that they send.
        var settings = Assert.Single(overlay.Of<V1ConfigMap>(), map => map.Metadata.Name.StartsWith("silo-settings-", StringComparison.Ordinal)).Data;
        var service = Assert.Single(overlay.Of<V1Service>(), found => found.Metadata.Name == "otel-collector");
        Assert.Equal($"http://{service.Metadata.Name}:{Assert.Single(service.Spec.Ports).Port}", settings["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", settings["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal(["logs", "metrics", "traces"], ((YamlMappingNode)configuration["service"]["pipelines"]).Children.Keys.Select(key => $"{key}").Order());
    }

    private static List<string> Faults(YamlMappingNode configuration)
    {
        var faults = new List<string>();
        var used = Known.Keys.ToDictionary(section => section, _ => new HashSet<string>());
        var service = configuration["service"];
        used["extensions"].UnionWith(Names(service, "extensions"));
        foreach (var (signal, pipeline) in ((YamlMappingNode)service["pipelines"]).Children)
        {
            foreach (var section in (string[])["receivers", "processors", "exporters"])
            {
                used[section].UnionWith(Names(pipeline, section));
            }

            var order = Names(pipeline, "processors").ToList();
            if (order.FirstOrDefault() != "memory_limiter" || order.LastOrDefault() != "batch")
            {
                faults.Add($"pipeline {signal}: memory_limiter comes first and batch last, but the order is {string.Join(", ", order)}");
            }
        }

        foreach (var (section, names) in used)
        {
            var declared = ((YamlMappingNode)configuration[section]).Children.Keys.Select(key => $"{key}").ToHashSet();
            faults.AddRange(names.Except(declared).Select(name => $"{section} has no '{name}', which is used"));
            faults.AddRange(declared.Except(names).Select(name => $"{section} has '{name}', which nothing uses"));
            faults.AddRange(declared.Select(name => name.Split('/')[0]).Except(Known[section]).Select(name => $"{section} has '{name}', which is no part that is known"));
        }

        // A policy's settings stand under its type's own name.
        faults.AddRange(
            from policy in ((YamlMappingNode)configuration["processors"]).Children.TryGetValue("tail_sampling", out var sampling)
                ? ((YamlSequenceNode)sampling["policies"]).Cast<YamlMappingNode>() : []
            where !((string[])["status_code", "latency", "probabilistic"]).Contains($"{policy["type"]}") || !policy.Children.ContainsKey($"{policy["type"]}")
            select $"tail_sampling: policy '{policy["name"]}' is of type '{policy["type"]}', which is unknown or has no settings");
        return faults;
    }

    private static IEnumerable<string> Names(YamlNode node, string section) => ((YamlSequenceNode)node[section]).Select(name => $"{name}");

    private static async Task<YamlMappingNode> ConfigurationAsync(string name) => Read(await TextAsync(name));

    private static async Task<string> TextAsync(string name) => Assert.Single(
        (await Overlay.BuildAsync(name)).Of<V1ConfigMap>(), map => map.Metadata.Name.StartsWith("otel-collector-", StringComparison.Ordinal)).Data["collector-config.yaml"];

    private static YamlMappingNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"\$\{env:(\w+)\}")]
    private static partial Regex Variable();
}
