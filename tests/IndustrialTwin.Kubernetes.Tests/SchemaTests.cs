using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IndustrialTwin.Testing;

/// <summary>Every document of every overlay meets the API's schema, and one that does not is found.</summary>
public sealed class SchemaTests
{
    public static TheoryData<string> Overlays => [.. Overlay.Names];

    [Theory, MemberData(nameof(Overlays))]
    public async Task Every_document_meets_the_schema_of_its_kind(string name) =>
        Assert.Empty((await Overlay.BuildAsync(name)).Documents.SelectMany(ApiSchemas.Faults));

    [Fact]
    public async Task No_schema_is_kept_that_no_document_needs()
    {
        var overlays = await Task.WhenAll(Overlay.Names.Select(Overlay.BuildAsync));
        Assert.Equal(ApiSchemas.Kinds.Order(), overlays.SelectMany(overlay => overlay.Documents).Select(document => document.Kind).Distinct().Order());
    }

    /// <summary>Each is a real document of the overlay with one thing changed: a value set, or with nothing to set it to, a field left out.</summary>
    [Theory]
    [InlineData("apps/v1/StatefulSet", "spec/podManagementPolicy", "Sideways")]
    [InlineData("apps/v1/StatefulSet", "spec/selector", null)]
    [InlineData("apps/v1/StatefulSet", "spec/template/spec/containers/0/name", null)]
    [InlineData("apps/v1/StatefulSet", "spec/template/spec/containers/0/ports/0/containerPort", "70000")]
    [InlineData("apps/v1/StatefulSet", "spec/template/spec/containers/0/resources/limits/memory", "512MB")]
    [InlineData("apps/v1/StatefulSet", "spec/template/spec/containers/0/livenessProbe/periodSeconds", "0")]
    [InlineData("apps/v1/StatefulSet", "spec/template/spec/terminationGracePeriodSeconds", "soon")]
    [InlineData("apps/v1/StatefulSet", "metadata/labels/app.kubernetes.io~1name", "-silo")]
    [InlineData("autoscaling/v2/HorizontalPodAutoscaler", "spec/maxReplicas", null)]
    [InlineData("autoscaling/v2/HorizontalPodAutoscaler", "spec/behavior/scaleDown/stabilizationWindowSeconds", "7200")]
    [InlineData("networking.k8s.io/v1/NetworkPolicy", "spec/policyTypes/0", "ingress")]
    [InlineData("rbac.authorization.k8s.io/v1/RoleBinding", "roleRef", null)]
    [InlineData("v1/Service", "spec/ports/0/port", "https")]
    [InlineData("v1/Service", "metadata/name", "Silo_1")]
    [InlineData("postgresql.cnpg.io/v1/Cluster", "spec/instances", null)]
    [InlineData("postgresql.cnpg.io/v1/Cluster", "spec/instances", "0")]
    [InlineData("postgresql.cnpg.io/v1/Cluster", "spec/postgresql/synchronous/method", "all")]
    [InlineData("postgresql.cnpg.io/v1/Cluster", "spec/postgresql/synchronous/quorum", "1")]
    [InlineData("postgresql.cnpg.io/v1/Cluster", "spec/postgresql/parameters/max_connections", "400")]
    [InlineData("postgresql.cnpg.io/v1/Cluster", "spec/replicas", "3")]
    [InlineData("monitoring.coreos.com/v1/PodMonitor", "spec/selector", null)]
    [InlineData("monitoring.coreos.com/v1/PodMonitor", "spec/podMetricsEndpoints/0/interval", "15 seconds")]
    [InlineData("monitoring.coreos.com/v1/PodMonitor", "spec/podMetricsEndpoints/0/tlsConfig/ca/secret/key", null)]
    [InlineData("monitoring.coreos.com/v1/PodMonitor", "spec/endpoints", "[]")]
    [InlineData("monitoring.coreos.com/v1/PrometheusRule", "spec/groups/0/rules/0/expr", null)]
    [InlineData("monitoring.coreos.com/v1/PrometheusRule", "spec/groups/1/rules/0/for", "2 min")]
    [InlineData("monitoring.coreos.com/v1/PrometheusRule", "spec/groups/0/every", "30s")]
    public async Task What_the_api_would_refuse_is_found(string kind, string path, string? value)
    {
        var document = (await Overlay.BuildAsync("cloud")).Documents.First(found => found.Kind == kind);
        var text = new YamlStream();
        text.Load(new StringReader(document.Yaml));
        var changed = (YamlMappingNode)text.Documents[0].RootNode;
        Change(changed, path.Split('/'), value);
        var faults = ApiSchemas.Faults(document with { Node = changed });
        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.StartsWith($"{kind} ", fault, StringComparison.Ordinal));
    }

    private static void Change(YamlMappingNode root, string[] path, string? value)
    {
        YamlNode at = root;
        foreach (var step in path[..^1])
        {
            at = at is YamlSequenceNode list ? list.Children[int.Parse(step, null)] : at[step.Replace("~1", "/", StringComparison.Ordinal)];
        }

        var last = path[^1].Replace("~1", "/", StringComparison.Ordinal);
        switch (at)
        {
            case YamlMappingNode map when value is null:
                Assert.True(map.Children.Remove(last), $"there is no {last}");
                break;
            case YamlMappingNode map:
                map.Children[last] = new YamlScalarNode(value) { Style = ScalarStyle.Plain };
                break;
            case YamlSequenceNode list:
                list.Children[int.Parse(last, null)] = new YamlScalarNode(value) { Style = ScalarStyle.Plain };
                break;
        }
    }
}
