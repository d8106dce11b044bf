using System.Net;
using System.Net.Sockets;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Replay;
using Xunit;

namespace IndustrialTwin;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("'frobnicate'", "frobnicate")]
    [InlineData("'validate'", "validate")]
    [InlineData("'nowhere' is no endpoint", "get", "--gateway", "nowhere")]
    [InlineData("'host:70000' is no endpoint", "get", "--gateway", "host:70000")]
    [InlineData("'soon' is no length of time", "get", "--timeout", "soon")]
    [InlineData("--speed", "replay", "skab", ".", "--speed", "-1")]
    [InlineData("--in-flight", "replay", "skab", ".", "--in-flight", "0")]
    [InlineData("--site 'a/b' is no site key", "replay", "nab", ".", "--site", "a/b")]
    [InlineData("--interval", "watch", "site", "--interval", "1ms")]
    [InlineData("Either --socket or --assembly", "driver", "certify")]
    [InlineData("Either --socket or --assembly", "driver", "certify", "--socket", "/a.sock", "--assembly", "a.dll", "--type", "A")]
    [InlineData("--assembly and --type", "driver", "certify", "--assembly", "a.dll")]
    [InlineData("--setting 'gain' is no setting", "driver", "certify", "--assembly", "a.dll", "--type", "A", "--setting", "gain")]
    public async Task What_cannot_be_understood_is_a_usage_error_that_names_it(string expected, params string[] args)
    {
        var run = await Invocation.RunAsync(args);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("watch", "site")]
    [InlineData("alarms")]
    [InlineData("ack", "site/line/machine", "alarm")]
    public async Task No_silo_is_told_with_where_and_what_to_do(params string[] args)
    {
        var gateway = $"127.0.0.1:{SiloFixture.FreePort()}";
        var run = await Invocation.RunAsync([.. args, "--gateway", gateway, "--timeout", "5s"]);
        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains($"No silo answers at {gateway}", run.Error, StringComparison.Ordinal);
        Assert.Contains("--gateway", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_at_the_gateway_s_port_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var run = await Invocation.RunAsync("get", "--gateway", listener.LocalEndpoint.ToString()!, "--timeout", "2s");
        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains($"{listener.LocalEndpoint}", run.Error, StringComparison.Ordinal);
        Assert.Contains("--cluster-id", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_broker_is_told_with_where_and_what_to_do()
    {
        var broker = $"127.0.0.1:{SiloFixture.FreePort()}";
        var run = await Invocation.RunAsync("quarantine", "--mqtt", broker, "--timeout", "5s");
        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains($"No MQTT broker answers at {broker}", run.Error, StringComparison.Ordinal);
        Assert.Contains("--mqtt", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plant_file_s_errors_come_with_file_line_path_value_and_what_was_expected()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """
                site: wuhan
                machineTypes:
                  pump:
                    channels:
                      - {name: flow, unit: m3/h, min: zero, max: 200, rateHz: 10}
                lines: []
                """);
            foreach (var command in (string[])["validate", "apply"])
            {
                var run = await Invocation.RunAsync(command, file);
                Assert.Equal(ExitCode.Refused, run.ExitCode);
                Assert.Contains($"{file}:5:", run.Error, StringComparison.Ordinal);
                Assert.Contains("machineTypes.pump.channels[0].min: found 'zero'; expected a number", run.Error, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("There is no folder", "replay", "skab", "/no/such/folder")]
    [InlineData("holds no SKAB experiments", "replay", "skab", "CommandLine")]
    [InlineData("is no NAB folder", "replay", "nab", "CommandLine")]
    [InlineData("no-such-plant.yaml", "validate", "no-such-plant.yaml")]
    public async Task A_missing_file_is_refused_by_name(string expected, params string[] args)
    {
        var empty = Directory.CreateTempSubdirectory("itwin-empty-");
        var run = await Invocation.RunAsync([.. args.Select(arg => arg == "CommandLine" ? empty.FullName : arg)]);
        empty.Delete();
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("must be an absolute path", "--socket", "a.sock")]
    [InlineData("There is no driver assembly", "--assembly", "no-such.dll", "--type", "A")]
    public async Task A_driver_that_cannot_be_is_refused_by_name(string expected, params string[] args)
    {
        var run = await Invocation.RunAsync(["driver", "certify", .. args]);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_driver_that_is_not_there_is_not_certified()
    {
        var run = await Invocation.RunAsync("driver", "certify", "--socket", "/tmp/itwin-no-such.sock");
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("FAILED   opens  The driver's socket '/tmp/itwin-no-such.sock' is not there.", run.Out, StringComparison.Ordinal);
        Assert.Contains("Not certified: 1 of 1 checks failed.", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_tells_the_exit_codes() =>
        Assert.Contains("130 interrupted", (await Invocation.RunAsync("--help")).Out, StringComparison.Ordinal);
}
