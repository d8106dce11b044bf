using System.Globalization;
using System.Text;
using IndustrialTwin.Certificates;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace IndustrialTwin.Testing;

/// <summary>Rules are what Prometheus reads, alerts come when they must and have a runbook, and every metric named is one that a silo has.</summary>
public sealed class MonitoringTests(ITestOutputHelper output)
{
    private const string Plant = """
        site: check
        title: A press with a control loop
        machineTypes:
          press:
            clockSkewMax: 1h
            channels:
              - {name: pressure, unit: bar, min: 0, max: 25, rateHz: 100}
            controls:
              - {name: pressure, channel: pressure, windowRows: 8, statistic: mean, target: 5, gain: 120, bias: 2900, min: 1500, max: 3600, command: speed, deadline: 1s, fallback: {value: 1500, after: 10s}}
        lines:
          - line: line-1
            title: Line 1
            machines:
              - {machine: press-1, type: press, title: Press 1}
        """;

    [Fact]
    public async Task Prometheus_accepts_the_rules()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("SUCCESS", await PromtoolAsync("check", "rules", RuleFile(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_come_when_they_must_and_stay_away_when_they_must_not()
    {
        using var folder = new TemporaryFolder();
        RuleFile(folder);
        var tests = Path.Combine(folder.Path, "alerts.test.yaml");
        File.Copy(Path.Combine(SiloProcess.Root, "tests/IndustrialTwin.Kubernetes.Tests/alerts.test.yaml"), tests);
        Assert.Contains("SUCCESS", await PromtoolAsync("test", "rules", tests), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_alert_is_tested_and_has_its_runbook()
    {
        var tests = File.ReadAllText(Path.Combine(SiloProcess.Root, "tests/IndustrialTwin.Kubernetes.Tests/alerts.test.yaml"));
        var alerts = Monitoring.Rules.Where(rule => rule.Children.ContainsKey("alert")).ToList();
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"alertname: {alert["alert"]}\n", tests, StringComparison.Ordinal);
            var runbook = $"{alert["annotations"]["runbook_url"]}";
            Assert.StartsWith("docs/runbooks/", runbook, StringComparison.Ordinal);
            var text = File.ReadAllText(Path.Combine(SiloProcess.Root, runbook));
            Assert.Contains($"`{alert["alert"]}`", text, StringComparison.Ordinal);
            Assert.All((string[])["## What it means", "## What to look at", "## What to do"], part => Assert.Contains(part, text, StringComparison.Ordinal));
        });
        var named = alerts.Select(alert => Path.GetFileName($"{alert["annotations"]["runbook_url"]}")).ToHashSet();
        Assert.Equal(named.Order(), Directory.GetFiles(Path.Combine(SiloProcess.Root, "docs/runbooks"), "*.md").Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Dashboards_are_whole()
    {
        Assert.All(Monitoring.Dashboards, file =>
        {
            using var dashboard = Monitoring.Read(file);
            Assert.StartsWith("itwin-", dashboard.RootElement.GetProperty("uid").GetString(), StringComparison.Ordinal);
            var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
            Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
            Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("description").GetString()!));
        });
    }

    [Fact]
    public void Names_of_series_are_found_in_a_query() => Assert.Equal(
        ["itwin_a_bucket", "itwin:b:ratio_rate5m"],
        Monitoring.Metrics("""histogram_quantile(0.9, sum by (le, otel_scope_name) (rate(itwin_a_bucket{itwin_outcome="x_y"}[5m]))) > itwin:b:ratio_rate5m * 14.4"""));

    [Fact]
    public async Task Every_metric_that_a_rule_or_a_dashboard_names_is_one_that_a_silo_has()
    {
        var recorded = Monitoring.Rules.Where(rule => rule.Children.ContainsKey("record")).Select(rule => $"{rule["record"]}").ToHashSet();
        var wanted = Monitoring.Queries().SelectMany(query => Monitoring.Metrics(query.Query).Select(name => (name, query.Where))).ToLookup(pair => pair.name, pair => pair.Where);
        Assert.NotEmpty(wanted);

        using var folder = new TemporaryFolder();
        var plant = Path.Combine(folder.Path, "plant.yaml");
        await File.WriteAllTextAsync(plant, Plant);
        using var authority = CertificateAuthority.Create("check", TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1));
        authority.Silo("industrialtwin", [], TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1)).Save(folder.Path);
        await using var silo = new SiloProcess(
            folder.Path, output, ("Demonstration__Enabled", "true"), ("Plant__File", plant), ("Certificates__Folder", folder.Path));
        await silo.StartAsync();
        using var mqtt = new MqttClientFactory().CreateMqttClient();
        await mqtt.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", silo.MqttPort).WithClientId("check").Build());
        using var http = new HttpClient();
        HashSet<string> scraped = [];
        long sequence = 0;

        // Work comes with the demonstration's first windows, and decisions with the samples sent here.
        for (var started = System.Diagnostics.Stopwatch.StartNew(); started.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(250))
        {
            await PublishAsync(mqtt, sequence++);
            scraped = [.. (await http.GetStringAsync(new Uri(silo.Http, "/metrics"))).Split('\n')
                .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])];
            if (wanted.All(metric => recorded.Contains(metric.Key) || scraped.Contains(metric.Key)))
            {
                break;
            }
        }

        Assert.Empty(wanted.Where(metric => !recorded.Contains(metric.Key) && !scraped.Contains(metric.Key))
            .Select(metric => $"{metric.Key} in {string.Join(", ", metric.Distinct())}"));
        Assert.Equal(0, await silo.StopAsync());
    }

    private static async Task PublishAsync(IMqttClient mqtt, long sequence)
    {
        var startUs = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000) - 80_000;
        var payload = string.Create(CultureInfo.InvariantCulture, $$$"""{"epoch":1,"sequence":{{{sequence}}},"startUs":{{{startUs}}},"stepUs":10000,"channels":{"pressure":[5,5,5,5,5,5,5,4]}}""");
        var result = await mqtt.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic("itwin/v1/check/line-1/press-1/samples").WithPayload(Encoding.UTF8.GetBytes(payload))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        Assert.True(result.IsSuccess, $"{result.ReasonCode} {result.ReasonString}");
    }

    private static Task<string> PromtoolAsync(params string[] arguments) => Tool.RunOrSkipAsync("promtool", "Debian: apt-get install prometheus", arguments);

    private static string RuleFile(TemporaryFolder folder)
    {
        var file = Path.Combine(folder.Path, "rules.yaml");
        using var writer = File.CreateText(file);
        new YamlStream(new YamlDocument(Monitoring.Groups)).Save(writer, assignAnchors: false);
        return file;
    }
}
