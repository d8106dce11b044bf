using System.Text;
using System.Text.Json;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Replay;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace IndustrialTwin.Twins;

/// <summary>The commands that look at twins and answer alarms, on a real silo.</summary>
public sealed class TwinCommandTests(SiloFixture silo)
{
    private static string Plant(string site, string machines) => $$"""
        site: {{site}}
        title: Works
        machineTypes:
          pump:
            clockSkewMax: none
            channels: [{name: flow, unit: m3/h, min: 0, max: 200, rateHz: 10}]
            analyses: [{name: level, kind: window-statistics, channel: flow, windowRows: 2, strideRows: 2, statistics: [mean]}]
            alarms: [{name: too-much, feature: level/mean, high: 100, clear: 90, priority: high}]
        lines:
          - line: line-1
            machines: [{{machines}}]
        """;

    [Fact]
    public async Task A_plant_is_applied_watched_raised_and_acknowledged()
    {
        await silo.StartAsync();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Plant("works", "{machine: pump-1, type: pump}, {machine: pump-2, type: pump}"));
            Assert.Contains("2 machines added, 0 changed, 0 unchanged, 0 retired", (await RunAsync("apply", file)).Out, StringComparison.Ordinal);
            Assert.Contains("0 machines added, 0 changed, 2 unchanged, 0 retired", (await RunAsync("apply", file)).Out, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, Plant("works", "{machine: pump-1, type: pump, title: Feed pump}"));
            Assert.Contains("0 machines added, 1 changed, 0 unchanged, 1 retired", (await RunAsync("apply", file)).Out, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Contains("works", (await RunAsync("get")).Out, StringComparison.Ordinal);
        Assert.Contains("works/line-1 ", (await RunAsync("get", "works")).Out, StringComparison.Ordinal);
        Assert.Contains("Feed pump", (await RunAsync("get", "works/line-1")).Out, StringComparison.Ordinal);
        Assert.Contains("node-1/", (await RunAsync("get", "node-1")).Out, StringComparison.Ordinal);
        Assert.Contains("NativeCpu", (await RunAsync("get", "node-1/native-0")).Out, StringComparison.Ordinal);
        Assert.Contains("(retired)", (await RunAsync("get", "works/line-1/pump-2")).Out, StringComparison.Ordinal);
        Assert.Equal("No alarms.\n", (await RunAsync("alarms", "works")).Out);

        using var ended = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var watch = new LiveInvocation(["watch", "works/line-1/pump-1", "--interval", "100ms", .. silo.Gateway]);
        await PublishAsync("works/line-1/pump-1", """{"epoch":1,"sequence":0,"timesUs":[1700000000000000,1700000000100000],"channels":{"flow":[150,152]}}""");
        while (!(await RunAsync("alarms", "works/line-1/pump-1")).Out.Contains("Unacknowledged", StringComparison.Ordinal))
        {
            await Task.Delay(50, ended.Token);
        }

        using var json = JsonDocument.Parse((await RunAsync("get", "works/line-1/pump-1", "--json")).Out);
        Assert.Equal("works/line-1/pump-1", json.RootElement.GetProperty("summary").GetProperty("machine").GetString());
        Assert.Equal(151, json.RootElement.GetProperty("features")[0].GetProperty("value").GetDouble());
        Assert.Contains("151", (await RunAsync("get", "works/line-1/pump-1")).Out, StringComparison.Ordinal);

        Assert.Contains("ann", (await RunAsync("ack", "works/line-1/pump-1", "too-much", "--operator", "ann", "--comment", "seen")).Out, StringComparison.Ordinal);
        await RefusedAsync("nothing to acknowledge", "ack", "works/line-1/pump-1", "too-much", "--operator", "ann");
        await RefusedAsync("its alarms: too-much", "ack", "works/line-1/pump-1", "too-little");
        Assert.Contains("Shelved until", (await RunAsync("shelve", "works/line-1/pump-1", "too-much", "--for", "1h")).Out, StringComparison.Ordinal);
        Assert.Contains("Acknowledged", (await RunAsync("unshelve", "works/line-1/pump-1", "too-much")).Out, StringComparison.Ordinal);
        await watch.UntilAsync("level/mean=151  [too-much: Acknowledged]");
        Assert.Equal(ExitCode.Interrupted, await watch.InterruptAsync());
    }

    [Theory]
    [InlineData("There is no site or node 'nowhere'", "get", "nowhere")]
    [InlineData("There is no accelerator 'node-1/cuda-9'", "get", "node-1/cuda-9")]
    [InlineData("There is no site 'nowhere'", "get", "nowhere/line/machine")]
    [InlineData("There is no site 'nowhere'", "ack", "nowhere/line/machine", "alarm")]
    [InlineData("is no key", "watch", "a//b")]
    [InlineData("is no machine key", "ack", "works", "alarm")]
    public async Task A_key_that_there_is_not_is_told(string expected, params string[] args)
    {
        await silo.StartAsync();
        await RefusedAsync(expected, args);
    }

    [Fact]
    public async Task Quarantine_is_told_as_it_happens()
    {
        await silo.StartAsync();
        using var watch = new LiveInvocation(["quarantine", .. silo.Mqtt]);
        await watch.UntilAsync(
            "UnknownMachine  nobody/knows/me: no plant file declares the machine",
            () => PublishAsync("nobody/knows/me", """{"epoch":1,"sequence":0,"timesUs":[1],"channels":{"flow":[1]}}"""));
        Assert.Equal(ExitCode.Interrupted, await watch.InterruptAsync());
    }

    private async Task<Invocation> RunAsync(params string[] args)
    {
        var run = await Invocation.RunAsync([.. args, .. silo.Gateway]);
        Assert.True(run.ExitCode == ExitCode.Done, run.Error);
        return run;
    }

    private async Task RefusedAsync(string expected, params string[] args)
    {
        var run = await Invocation.RunAsync([.. args, .. silo.Gateway]);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private async Task PublishAsync(string machine, string payload)
    {
        var (host, port) = (silo.Mqtt[1].Split(':')[0], int.Parse(silo.Mqtt[1].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer(host, port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build());
        var result = await client.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic($"itwin/v1/{machine}/samples").WithPayload(Encoding.UTF8.GetBytes(payload)).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        Assert.True(result.IsSuccess);
    }
}
