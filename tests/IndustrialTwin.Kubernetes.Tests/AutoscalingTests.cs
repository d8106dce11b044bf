using k8s.Models;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace IndustrialTwin.Testing;

/// <summary>From the recorded series through the adapter's rule to the autoscaler: three files that have to name the same things.</summary>
public sealed class AutoscalingTests
{
    [Theory, InlineData("cloud"), InlineData("gpu")]
    public async Task The_adapter_answers_what_the_autoscaler_asks_with_a_series_that_is_recorded(string name)
    {
        var external = Assert.Single(Assert.Single((await Overlay.BuildAsync(name)).Of<V2HorizontalPodAutoscaler>()).Spec.Metrics, metric => metric.Type == "External").External;
        var rule = Rule();
        Assert.Equal(external.Metric.Name, $"{rule["name"]["as"]}");
        var recorded = Assert.Single(Monitoring.Rules, found => found.Children.ContainsKey("record") && $"{rule["seriesQuery"]}".Contains($"\"{found["record"]}\"", StringComparison.Ordinal));

        // The namespace that the autoscaler asks in is a label of the series.
        Assert.Equal("namespace", $"{rule["resources"]["overrides"]["namespace"]["resource"]}");
        Assert.Matches(@"by \([^)]*\bnamespace\b", $"{recorded["expr"]}");
    }

    [Fact]
    public async Task The_adapter_s_query_is_one_that_prometheus_understands()
    {
        var query = $"{Rule()["metricsQuery"]}";
        Assert.All((string[])["<<.Series>>", "<<.LabelMatchers>>", "<<.GroupBy>>"], place => Assert.Contains(place, query, StringComparison.Ordinal));
        var asked = query.Replace("<<.Series>>", "itwin:work_wait_seconds:p95_2m", StringComparison.Ordinal)
            .Replace("<<.LabelMatchers>>", "namespace=\"industrialtwin\"", StringComparison.Ordinal).Replace("<<.GroupBy>>", "namespace", StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "adapter.yaml");
        await File.WriteAllTextAsync(file, $"groups:\n  - name: adapter\n    rules:\n      - record: asked\n        expr: '{asked}'\n      - record: listed\n        expr: '{Rule()["seriesQuery"]}'\n");
        Assert.Contains("2 rules", await Tool.RunOrSkipAsync("promtool", "Debian: apt-get install prometheus", "check", "rules", file), StringComparison.Ordinal);
    }

    private static YamlMappingNode Rule()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(SiloProcess.Root, "k8s/components/autoscaling/adapter-values.yaml"))));
        return (YamlMappingNode)Assert.Single((YamlSequenceNode)stream.Documents[0].RootNode["rules"]["external"]);
    }
}
