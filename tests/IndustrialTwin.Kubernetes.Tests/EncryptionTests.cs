using k8s.Models;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>Every port of every overlay's silos is encrypted, with a certificate that can be renewed in place.</summary>
public sealed class EncryptionTests
{
    public static TheoryData<string> Overlays => [.. Overlay.Names];

    [Theory, MemberData(nameof(Overlays))]
    public async Task A_silo_speaks_tls_at_every_port(string name)
    {
        foreach (var (settings, container) in await SilosAsync(name))
        {
            Assert.StartsWith("https://", settings["Urls"], StringComparison.Ordinal);
            Assert.Equal("true", settings["Cluster__Tls"]);
            Assert.Equal("true", settings["Mqtt__Tls"]);
            Assert.DoesNotContain("Security__AllowPlaintext", settings.Keys);
            if (settings.GetValueOrDefault("Mqtt__Mode") == "Embedded")
            {
                Assert.Contains(container.Env, variable => variable.Name == "Mqtt__Password" && variable.ValueFrom.SecretKeyRef is not null);
            }

            Assert.All(
                (V1Probe[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe],
                probe => Assert.Equal(("HTTPS", "https"), (probe.HttpGet.Scheme, probe.HttpGet.Port.Value)));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task A_renewed_certificate_reaches_the_silo(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        foreach (var (settings, container) in await SilosAsync(name))
        {
            var mount = Assert.Single(container.VolumeMounts, mount => mount.MountPath == settings["Certificates__Folder"]);
            Assert.True(mount is { ReadOnlyProperty: true, SubPath: null, SubPathExpr: null });
            var volume = Assert.Single(overlay.Pods.First(pod => pod.Template.Spec.Containers.Contains(container)).Template.Spec.Volumes, volume => volume.Name == mount.Name);
            Assert.Equal("silo-tls", volume.Secret.SecretName);
            Assert.Equal(Convert.ToInt32("440", 8), volume.Secret.DefaultMode);
            Assert.Equal(["tls.crt", "tls.key", "ca.crt"], volume.Secret.Items.Select(item => item.Path));
        }
    }

    [Theory, InlineData("cloud"), InlineData("gpu")]
    public async Task A_cluster_verifies_its_database(string name)
    {
        foreach (var (_, container) in await SilosAsync(name))
        {
            var connection = Assert.Single(container.Env, variable => variable.Name == "Storage__ConnectionString").Value;
            Assert.Contains("SSL Mode=VerifyFull;Root Certificate=", connection, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("edge"), InlineData("cloud"), InlineData("gpu")]
    public async Task Metrics_are_read_over_tls_under_the_cluster_s_name(string name)
    {
        var monitor = Assert.Single((await Overlay.BuildAsync(name)).Documents, document => document.Kind.EndsWith("/PodMonitor", StringComparison.Ordinal));
        Assert.Contains("scheme: https", monitor.Yaml, StringComparison.Ordinal);
        Assert.Contains("serverName: silo.industrialtwin", monitor.Yaml, StringComparison.Ordinal);
    }

    /// <summary>The silos' containers with all that they are told, by maps or one by one.</summary>
    private static async Task<List<(Dictionary<string, string> Settings, V1Container Container)>> SilosAsync(string name)
    {
        var overlay = await Overlay.BuildAsync(name);
        var maps = overlay.Of<V1ConfigMap>().ToDictionary(map => map.Metadata.Name, map => map.Data);
        var silos = overlay.Pods.SelectMany(pod => pod.Template.Spec.Containers).Where(container => container.Name == "silo").Select(container =>
        {
            var settings = container.EnvFrom.SelectMany(from => maps[from.ConfigMapRef.Name]).ToDictionary();
            foreach (var variable in container.Env.Where(variable => variable.Value is not null))
            {
                settings[variable.Name] = variable.Value;
            }

            return (settings, container);
        }).ToList();
        Assert.NotEmpty(silos);
        return silos;
    }
}
