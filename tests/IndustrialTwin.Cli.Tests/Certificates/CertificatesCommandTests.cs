using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.CommandLine;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace IndustrialTwin.Certificates;

/// <summary>Certificates made by the command line, and a silo that uses them at every port.</summary>
public sealed class CertificatesCommandTests : IDisposable
{
    private const string Plant = """
        site: works
        title: Works
        machineTypes:
          pump:
            clockSkewMax: none
            channels: [{name: flow, unit: m3/h, min: 0, max: 200, rateHz: 10}]
        lines:
          - line: line-1
            machines: [{machine: pump-1, type: pump}]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("itwin-certificates-").FullName;

    private string Kept => Path.Combine(_folder, "kept");

    private string Authority => Path.Combine(Kept, "authority", "ca.crt");

    [Fact]
    public async Task An_authority_is_made_once_and_what_it_issues_is_shown()
    {
        var made = await InitAsync();
        Assert.Equal(ExitCode.Done, made.ExitCode);
        Assert.Contains("Certificates__Folder=", made.Out, StringComparison.Ordinal);
        var again = await InitAsync();
        Assert.Equal(ExitCode.Refused, again.ExitCode);
        Assert.Contains("holds an authority already", again.Error, StringComparison.Ordinal);

        var shown = await Invocation.RunAsync("certificates", "show", Path.Combine(Kept, "silo"));
        Assert.Equal(ExitCode.Done, shown.ExitCode);
        Assert.All((string[])["silo.works-net", "localhost", "plant.example", "10.0.0.5", "127.0.0.1"], name => Assert.Contains(name, shown.Out, StringComparison.Ordinal));
        var issued = await Invocation.RunAsync("certificates", "issue", "device", "works/line-1/pump-1", "--folder", Kept);
        Assert.Equal(Path.Combine(Kept, "device-works-line-1-pump-1"), issued.Out.Trim());
        Assert.Contains("CN=works/line-1/pump-1", (await Invocation.RunAsync("certificates", "show", issued.Out.Trim())).Out, StringComparison.Ordinal);

        if (!OperatingSystem.IsWindows())
        {
            foreach (var key in Directory.EnumerateFiles(Kept, "*.key", SearchOption.AllDirectories))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            }
        }
    }

    [Theory]
    [InlineData(ExitCode.Usage, "is no key of a machine, line or site", "issue", "device", "a/b/c/d")]
    [InlineData(ExitCode.Usage, "is no host", "issue", "silo", "a host")]
    [InlineData(ExitCode.Usage, "has one name", "issue", "client", "a", "b")]
    [InlineData(ExitCode.Usage, "expected 1 to 3650", "issue", "client", "a", "--days", "0")]
    [InlineData(ExitCode.Usage, "--cluster-id is 'a b'", "issue", "client", "a", "--cluster-id", "a b")]
    public async Task What_cannot_be_issued_is_named(int code, string fault, params string[] arguments)
    {
        await InitAsync();
        var run = await Invocation.RunAsync(["certificates", .. arguments, "--folder", Kept]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        var issue = await Invocation.RunAsync("certificates", "issue", "client", "a", "--folder", Kept);
        Assert.Equal(ExitCode.Refused, issue.ExitCode);
        Assert.Contains("'itwin certificates init' makes one", issue.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, (await Invocation.RunAsync("certificates", "show", Kept)).ExitCode);
        var get = await Invocation.RunAsync("get", "--certificates", Kept);
        Assert.Equal(ExitCode.Refused, get.ExitCode);
        Assert.Contains("tls.crt' cannot be read", get.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_speaks_tls_at_every_port_and_takes_a_new_certificate_without_a_restart()
    {
        await InitAsync();
        var certificates = Path.Combine(Kept, "silo");
        await using var silo = await SecureSilo.StartAsync(_folder, certificates, Authority);
        Assert.Contains("It listens on loopback only", silo.Output, StringComparison.Ordinal);
        string[] gateway = ["--gateway", $"127.0.0.1:{silo.GatewayPort}", "--cluster-id", SecureSilo.Cluster];
        string[] shown = ["--certificates", Path.Combine(Kept, "client")];

        // The command line.
        var plant = Path.Combine(_folder, "plant.yaml");
        await File.WriteAllTextAsync(plant, Plant);
        Assert.Contains("1 machines added", (await Invocation.RunAsync(["apply", plant, .. gateway, .. shown])).Out, StringComparison.Ordinal);
        var plain = await Invocation.RunAsync(["get", "works", .. gateway, "--timeout", "2s"]);
        Assert.Equal(ExitCode.Unreachable, plain.ExitCode);
        Assert.Contains("name --certificates or ITWIN_CERTIFICATES", plain.Error, StringComparison.Ordinal);
        var device = (await Invocation.RunAsync("certificates", "issue", "device", "works/line-1/pump-1", "--folder", Kept)).Out.Trim();
        var wrong = await Invocation.RunAsync(["get", "works", .. gateway, "--certificates", device]);
        Assert.Equal(ExitCode.Unreachable, wrong.ExitCode);
        Assert.Contains("does not take the certificate 'CN=works/line-1/pump-1'", wrong.Error, StringComparison.Ordinal);
        var stranger = await Invocation.RunAsync(["get", "works", .. gateway[..2], "--cluster-id", "another", .. shown]);
        Assert.Contains("expected the name silo.another", stranger.Error, StringComparison.Ordinal);
        await silo.UntilAsync(() => Task.FromResult(silo.Output.Contains("at the gateway port: it does not speak TLS", StringComparison.Ordinal)), "the refusal is told");

        // A device.
        await PublishAsync(silo, device, "works/line-1/pump-1", MqttClientPublishReasonCode.Success);
        await PublishAsync(silo, device, "works/line-1/pump-2", MqttClientPublishReasonCode.NotAuthorized);
        Assert.Contains("on 'itwin/v1/works/line-1/pump-2/samples', where it may not publish", silo.Output, StringComparison.Ordinal);

        // People.
        using (var page = await silo.GetAsync("/api/v1/sites", Authority, "plant.example"))
        {
            Assert.Contains("max-age=31536000", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
        }

        using (var local = await silo.GetAsync("/api/v1/sites", Authority))
        {
            Assert.False(local.Headers.Contains("Strict-Transport-Security"));
        }

        // A new certificate.
        var before = silo.Shown;
        Assert.Equal(ExitCode.Done, (await Invocation.RunAsync(
            "certificates", "issue", "silo", "localhost", "127.0.0.1", "--folder", Kept, "--cluster-id", SecureSilo.Cluster, "--out", certificates)).ExitCode);
        await silo.UntilAsync(
            async () =>
            {
                using var answer = await silo.GetAsync("/health/live", Authority);
                return silo.Shown != before;
            },
            "the new certificate is shown");
        Assert.Contains("works/line-1 ", (await Invocation.RunAsync(["get", "works", .. gateway, .. shown])).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("ERROR", silo.Output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<Invocation> InitAsync() => Invocation.RunAsync(
        "certificates", "init", "--folder", Kept, "--cluster-id", SecureSilo.Cluster, "--host", "plant.example", "--host", "10.0.0.5");

    private async Task PublishAsync(SecureSilo silo, string certificates, string machine, MqttClientPublishReasonCode expected)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithTcpServer("127.0.0.1", silo.MqttPort)
            .WithTimeout(TimeSpan.FromSeconds(60))
            .WithTlsOptions(tls => tls.UseTls().WithRevocationMode(X509RevocationMode.NoCheck)
                .WithTrustChain([X509CertificateLoader.LoadCertificateFromFile(Authority)])
                .WithClientCertificates([X509Certificate2.CreateFromPemFile(Path.Combine(certificates, "tls.crt"), Path.Combine(certificates, "tls.key"))]))
            .Build());
        var answer = await client.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic($"itwin/v1/{machine}/samples")
            .WithPayload("""{"epoch":1,"sequence":0,"timesUs":[1700000000000000],"channels":{"flow":[150]}}""")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build());
        Assert.Equal(expected, answer.ReasonCode);
    }
}
