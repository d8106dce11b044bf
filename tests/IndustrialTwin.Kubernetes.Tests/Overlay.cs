using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace IndustrialTwin.Testing;

/// <summary>One document of an overlay.</summary>
/// <param name="Kind">Its kind, with the API's group and version in front.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">The document as it stands.</param>
/// <param name="Yaml">Its text.</param>
internal sealed record Document(string Kind, string Name, YamlMappingNode Node, string Yaml);

/// <summary>What <c>kubectl kustomize</c> makes of an overlay, read strictly: a field that the API does not know is an error.</summary>
internal sealed class Overlay
{
    public static readonly string[] Names = ["single-node", "edge", "cloud", "gpu"];

    /// <summary>Kinds that a cluster has only where its operator is installed.</summary>
    public static readonly string[] CustomKinds =
        ["monitoring.coreos.com/v1/PodMonitor", "monitoring.coreos.com/v1/PrometheusRule", "postgresql.cnpg.io/v1/Cluster"];

    private static readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> Built = new();

    private Overlay(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        Documents =
        [
            .. stream.Documents.Select(document => (YamlMappingNode)document.RootNode).Select(node => new Document(
                $"{Text(node, "apiVersion")}/{Text(node, "kind")}", Text((YamlMappingNode)node["metadata"], "name"), node, Write(node))),
        ];
        Objects = [.. Documents.Where(document => !CustomKinds.Contains(document.Kind)).Select(Typed)];
    }

    public IReadOnlyList<Document> Documents { get; }

    /// <summary>Those of Kubernetes' own API, as its client's types.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>Every pod that the overlay makes, by the name of what makes it.</summary>
    public IEnumerable<(string Name, V1PodTemplateSpec Template)> Pods =>
        Of<V1StatefulSet>().Select(set => (set.Metadata.Name, set.Spec.Template))
            .Concat(Of<V1Deployment>().Select(deployment => (deployment.Metadata.Name, deployment.Spec.Template)));

    public static Task<Overlay> BuildAsync(string name) => Built.GetOrAdd(name, overlay => new Lazy<Task<Overlay>>(async () =>
        new Overlay(await Tool.RunOrSkipAsync("kubectl", "https://kubernetes.io/docs/tasks/tools", "kustomize", $"k8s/overlays/{overlay}")))).Value;

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static string Write(YamlMappingNode node)
    {
        var writer = new StringWriter();
        new YamlStream(new YamlDocument(node)).Save(writer, assignAnchors: false);
        return writer.ToString().Replace("\n...", string.Empty, StringComparison.Ordinal);
    }

    private static IKubernetesObject<V1ObjectMeta> Typed(Document document) => document.Kind switch
    {
        "v1/Namespace" => KubernetesYaml.Deserialize<V1Namespace>(document.Yaml, strict: true),
        "v1/ServiceAccount" => KubernetesYaml.Deserialize<V1ServiceAccount>(document.Yaml, strict: true),
        "v1/Service" => KubernetesYaml.Deserialize<V1Service>(document.Yaml, strict: true),
        "v1/ConfigMap" => KubernetesYaml.Deserialize<V1ConfigMap>(document.Yaml, strict: true),
        "apps/v1/StatefulSet" => KubernetesYaml.Deserialize<V1StatefulSet>(document.Yaml, strict: true),
        "apps/v1/Deployment" => KubernetesYaml.Deserialize<V1Deployment>(document.Yaml, strict: true),
        "rbac.authorization.k8s.io/v1/Role" => KubernetesYaml.Deserialize<V1Role>(document.Yaml, strict: true),
        "rbac.authorization.k8s.io/v1/RoleBinding" => KubernetesYaml.Deserialize<V1RoleBinding>(document.Yaml, strict: true),
        "networking.k8s.io/v1/NetworkPolicy" => KubernetesYaml.Deserialize<V1NetworkPolicy>(document.Yaml, strict: true),
        "policy/v1/PodDisruptionBudget" => KubernetesYaml.Deserialize<V1PodDisruptionBudget>(document.Yaml, strict: true),
        "autoscaling/v2/HorizontalPodAutoscaler" => KubernetesYaml.Deserialize<V2HorizontalPodAutoscaler>(document.Yaml, strict: true),
        "scheduling.k8s.io/v1/PriorityClass" => KubernetesYaml.Deserialize<V1PriorityClass>(document.Yaml, strict: true),
        _ => throw new NotSupportedException($"{document.Kind} {document.Name} is of a kind that no check knows."),
    };
}
