using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>Each overlay builds, is what the API knows, and holds what it promises about safety and stopping.</summary>
public sealed partial class OverlayTests
{
    // The host's own limit for a stop, which bounds the drain of messages and the farewell of twins.
    private const int HostStopMaxS = 30;

    private static readonly string[] Secrets = ["mqtt", "mqtt-tls", "postgres", "postgres-app", "postgres-ca", "otlp-store", "silo-access", "silo-tls"];

    public static TheoryData<string> Overlays => [.. Overlay.Names];

    [Theory, MemberData(nameof(Overlays))]
    public async Task Every_document_is_what_the_api_knows_and_stands_once_in_the_namespace(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        Assert.Equal(overlay.Documents.Count, overlay.Documents.Select(document => (document.Kind, document.Name)).Distinct().Count());
        string[] clusterWide = ["v1/Namespace", "scheduling.k8s.io/v1/PriorityClass"];
        Assert.All(
            overlay.Objects.Where(found => !clusterWide.Contains($"{found.ApiVersion}/{found.Kind}")),
            found => Assert.Equal("industrialtwin", found.Metadata.NamespaceProperty));
        Assert.DoesNotContain(overlay.Documents, document => document.Kind == "v1/Secret");
    }

    [Fact]
    public void A_field_that_the_api_does_not_know_is_an_error() => Assert.ThrowsAny<Exception>(() =>
        KubernetesYaml.Deserialize<V1Service>("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selektor: {}\n", strict: true));

    [Theory, MemberData(nameof(Overlays))]
    public async Task Every_container_runs_without_root_rights_or_a_writable_system(string name)
    {
        foreach (var (pod, template) in (await Overlay.BuildAsync(name)).Pods)
        {
            var security = template.Spec.SecurityContext;
            Assert.True(security.RunAsNonRoot, pod);
            Assert.True(security.RunAsUser > 0, pod);
            Assert.Equal("RuntimeDefault", security.SeccompProfile.Type);
            Assert.False(template.Spec.AutomountServiceAccountToken, pod);
            Assert.NotEqual("default", template.Spec.ServiceAccountName ?? "default");
            Assert.True(template.Spec is { HostNetwork: not true, HostPID: not true, HostIPC: not true }, pod);
            Assert.All(template.Spec.Volumes, volume => Assert.Null(volume.HostPath));
            Assert.All(All(template), container =>
            {
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation, container.Name);
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem, container.Name);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Null(container.SecurityContext.Capabilities.Add);
                Assert.True(container.SecurityContext.Privileged is not true, container.Name);
                Assert.Matches(@":\d[\w.-]*$", container.Image);
                Assert.True(container.Resources.Requests.ContainsKey("cpu") && container.Resources.Requests.ContainsKey("memory"), container.Name);
                Assert.True(container.Resources.Limits.ContainsKey("memory"), container.Name);
            });
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Every_container_is_probed_and_a_silo_on_its_own_addresses(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        Assert.All(overlay.Pods.SelectMany(pod => pod.Template.Spec.Containers), container =>
            Assert.True(container is { StartupProbe: not null, LivenessProbe: not null, ReadinessProbe: not null }, container.Name));
        Assert.All(Silos(overlay), silo =>
        {
            Assert.Equal("/health/live", silo.Container.StartupProbe.HttpGet.Path);
            Assert.Equal("/health/live", silo.Container.LivenessProbe.HttpGet.Path);
            Assert.Equal("/health/ready", silo.Container.ReadinessProbe.HttpGet.Path);

            // Otherwise the silo's host filter refuses the probe.
            Assert.All(
                (V1Probe[])[silo.Container.StartupProbe, silo.Container.LivenessProbe, silo.Container.ReadinessProbe],
                probe => Assert.Equal(("Host", "localhost"), (Assert.Single(probe.HttpGet.HttpHeaders).Name, probe.HttpGet.HttpHeaders[0].Value)));
        });
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task A_silo_has_the_time_to_stop_that_it_may_take(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        Assert.All(Silos(overlay), silo => Assert.True(
            silo.Template.Spec.TerminationGracePeriodSeconds > silo.Container.Lifecycle.PreStop.Sleep.Seconds + HostStopMaxS));
        var settings = Assert.Single(overlay.Of<V1ConfigMap>(), map => map.Metadata.Name.StartsWith("silo-settings-", StringComparison.Ordinal)).Data;
        Assert.True(TimeSpan.Parse(settings["Mqtt__DrainTimeMax"], null) < TimeSpan.FromSeconds(HostStopMaxS));
    }

    /// <summary>An environment variable can be put into another only if it stands before it; otherwise its name is kept as it is.</summary>
    [Theory, MemberData(nameof(Overlays))]
    public async Task A_variable_names_only_ones_before_it(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        Assert.All(overlay.Pods.SelectMany(pod => All(pod.Template)), container =>
        {
            var known = new HashSet<string>();
            foreach (var variable in container.Env ?? [])
            {
                Assert.All(Reference().Matches(variable.Value ?? string.Empty), found => Assert.Contains(found.Groups[1].Value, known));
                Assert.True(known.Add(variable.Name), $"{container.Name} has {variable.Name} twice");
            }
        });
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Secrets_are_named_and_never_written(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        foreach (var (_, template) in overlay.Pods)
        {
            var named = All(template).SelectMany(container => container.Env ?? []).Select(variable => variable.ValueFrom?.SecretKeyRef?.Name)
                .Concat(template.Spec.Volumes.Select(volume => volume.Secret?.SecretName)).OfType<string>();
            Assert.Subset(Secrets.ToHashSet(), named.ToHashSet());
            Assert.All(
                All(template).SelectMany(container => container.Env ?? []).Where(variable => variable.Name.Contains("assword", StringComparison.OrdinalIgnoreCase)),
                variable => Assert.NotNull(variable.ValueFrom?.SecretKeyRef));
        }

        Assert.DoesNotContain(
            overlay.Of<V1ConfigMap>().SelectMany(map => map.Data.Keys),
            key => key.Contains("Password", StringComparison.OrdinalIgnoreCase) || key.Contains("ConnectionString", StringComparison.OrdinalIgnoreCase));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task What_is_mounted_selected_or_named_is_there(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        var maps = overlay.Of<V1ConfigMap>().Select(map => map.Metadata.Name).ToHashSet();
        var accounts = overlay.Of<V1ServiceAccount>().Select(account => account.Metadata.Name).ToHashSet();
        var labels = overlay.Pods.Select(pod => pod.Template.Metadata.Labels).ToList();
        foreach (var (pod, template) in overlay.Pods)
        {
            Assert.Contains(template.Spec.ServiceAccountName, accounts);
            Assert.Subset(maps, template.Spec.Volumes.Select(volume => volume.ConfigMap?.Name).OfType<string>().ToHashSet());
            Assert.Subset(maps, All(template).SelectMany(container => container.EnvFrom ?? []).Select(from => from.ConfigMapRef.Name).ToHashSet());
            var volumes = template.Spec.Volumes.Select(volume => volume.Name)
                .Concat(overlay.Of<V1StatefulSet>().Where(set => set.Metadata.Name == pod).SelectMany(set => set.Spec.VolumeClaimTemplates ?? [])
                    .Select(claim => claim.Metadata.Name)).ToHashSet();
            Assert.Subset(volumes, All(template).SelectMany(container => container.VolumeMounts).Select(mount => mount.Name).ToHashSet());
        }

        Assert.All(overlay.Of<V1Service>(), service => Assert.Contains(labels, pod => service.Spec.Selector.All(pod.Contains)));
        Assert.All(overlay.Of<V1StatefulSet>(), set => Assert.Single(labels, pod => set.Spec.Selector.MatchLabels.All(pod.Contains)));
        Assert.All(overlay.Of<V1PodDisruptionBudget>(), budget => Assert.Contains(labels, pod => budget.Spec.Selector.MatchLabels.All(pod.Contains)));
        Assert.All(overlay.Of<V2HorizontalPodAutoscaler>(), scaler => Assert.Null(
            Assert.Single(overlay.Of<V1StatefulSet>(), set => set.Metadata.Name == scaler.Spec.ScaleTargetRef.Name).Spec.Replicas));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Nothing_goes_in_or_out_unless_a_policy_names_it(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        var deny = Assert.Single(overlay.Of<V1NetworkPolicy>(), policy => policy.Metadata.Name == "default-deny").Spec;
        Assert.Equal(["Ingress", "Egress"], deny.PolicyTypes);
        Assert.True(deny.PodSelector.MatchLabels is not { Count: > 0 } && deny.PodSelector.MatchExpressions is not { Count: > 0 });
        Assert.True(deny.Ingress is null && deny.Egress is null);
        Assert.All(
            overlay.Of<V1NetworkPolicy>().SelectMany(policy => policy.Spec.Ingress ?? []),
            rule => Assert.True(rule.FromProperty is { Count: > 0 } && rule.Ports is { Count: > 0 }));
        Assert.All(overlay.Of<V1NetworkPolicy>().SelectMany(policy => policy.Spec.Egress ?? []), rule => Assert.NotEmpty(rule.Ports));
        Assert.Equal("restricted", Assert.Single(overlay.Of<V1Namespace>()).Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.All(overlay.Of<V1Role>().SelectMany(role => role.Rules), rule =>
        {
            Assert.DoesNotContain("*", rule.Verbs.Concat(rule.Resources).Concat(rule.ApiGroups));
            Assert.DoesNotContain(rule.Resources, resource => resource is "secrets" or "pods/exec" or "pods/attach");
        });
    }

    [Theory, InlineData("cloud"), InlineData("gpu")]
    public async Task A_cluster_migrates_before_it_starts_and_stands_apart(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        Assert.All(Silos(overlay), silo =>
        {
            var migrate = Assert.Single(silo.Template.Spec.InitContainers);
            Assert.Equal(["migrate"], migrate.Args);
            Assert.Equal(silo.Container.Image, migrate.Image);
            Assert.Equal(
                silo.Container.Env.Single(variable => variable.Name == "Storage__ConnectionString").Value,
                migrate.Env.Single(variable => variable.Name == "Storage__ConnectionString").Value);
            Assert.Equal(
                ["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
                silo.Template.Spec.TopologySpreadConstraints.Select(constraint => constraint.TopologyKey));
        });
        Assert.Equal("1", Assert.Single(overlay.Of<V1PodDisruptionBudget>()).Spec.MaxUnavailable.Value);
    }

    [Fact]
    public async Task A_pool_of_gpus_is_chosen_by_label_and_owns_one_each()
    {
        var pool = Silos(await Overlay.BuildAsync("gpu")).Single(silo => silo.Name == "silo-gpu");
        Assert.Equal("1", pool.Container.Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.Equal("true", pool.Template.Spec.NodeSelector["nvidia.com/gpu.present"]);
        Assert.Contains(pool.Template.Spec.Tolerations, toleration => toleration.Key == "nvidia.com/gpu");
    }

    private static IEnumerable<(string Name, V1PodTemplateSpec Template, V1Container Container)> Silos(Overlay overlay) => overlay.Pods
        .Where(pod => pod.Template.Metadata.Labels["app.kubernetes.io/name"] == "silo")
        .Select(pod => (pod.Name, pod.Template, pod.Template.Spec.Containers.Single()));

    private static IEnumerable<V1Container> All(V1PodTemplateSpec template) => template.Spec.Containers.Concat(template.Spec.InitContainers ?? []);

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Reference();
}
