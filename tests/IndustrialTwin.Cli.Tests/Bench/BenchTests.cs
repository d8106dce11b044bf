using System.Text.Json;
using IndustrialTwin.CommandLine;
using Spectre.Console;
using Xunit;

namespace IndustrialTwin.Bench;

/// <summary>What a benchmark says of what it measured. Nothing is measured here.</summary>
public sealed class BenchTests
{
    [Theory]
    [InlineData("--rate is 5; expected 10 to 20000", "control", "--rate", "5")]
    [InlineData("'soon' is no length of time", "all", "--duration", "soon")]
    [InlineData("'--with-training'", "all", "--with-training")]
    [InlineData("'--silo'", "kernels", "--silo", "a.dll")]
    [InlineData("'grid'", "grid")]
    public async Task What_cannot_be_understood_is_a_usage_error_that_names_it(string expected, params string[] args)
    {
        var run = await Invocation.RunAsync(["bench", .. args]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--silo is 'nowhere.dll'", "overhead", "--silo", "nowhere.dll")]
    [InlineData("--json is '/nowhere/a.json'", "kernels", "--json", "/nowhere/a.json")]
    public async Task What_cannot_be_used_is_refused_before_anything_is_measured(string expected, params string[] args)
    {
        var run = await Invocation.RunAsync(["bench", .. args]);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, "reached")]
    [InlineData(0.49, "MISSED")]
    [InlineData(double.NaN, "MISSED")]
    [InlineData(double.PositiveInfinity, "reached")]
    public void An_aim_is_reached_or_missed(double value, string verdict)
    {
        Assert.Equal(verdict, new Finding("a", value, "", Aim.AtLeast(0.5)).ToRow()[^1]);
        Assert.Equal(double.IsNaN(value) ? "MISSED" : value <= 0.5 ? "reached" : "MISSED", new Finding("a", value, "", Aim.AtMost(0.5)).ToRow()[^1]);
        Assert.Equal("", new Finding("a", value, "").ToRow()[^1]);
    }

    [Fact]
    public async Task A_report_names_the_machine_and_keeps_figures_aims_and_verdicts()
    {
        var file = Path.GetTempFileName();
        using var output = new StringWriter();
        try
        {
            var report = await BenchReport.BeginAsync(new Terminal(output, TextWriter.Null, AnsiConsole.Console), file);
            await report.AddAsync("Things", [new("one", 3.25, "µs", Aim.AtMost(3)), new("none", double.PositiveInfinity, "ms")], "A note.");
            await report.EndAsync();
            Assert.Contains("0 of 1 aims reached.", output.ToString(), StringComparison.Ordinal);
            Assert.Contains($"{Environment.ProcessorCount} processors", output.ToString(), StringComparison.Ordinal);
            using var read = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            Assert.Equal(Environment.ProcessorCount, read.RootElement.GetProperty("machine").GetProperty("processors").GetInt32());
            var part = read.RootElement.GetProperty("parts")[0];
            var finding = part.GetProperty("findings")[0];
            Assert.Equal(("Things", "A note."), (part.GetProperty("title").GetString(), part.GetProperty("note").GetString()));
            Assert.Equal((3.25, "µs", false), (finding.GetProperty("value").GetDouble(), finding.GetProperty("unit").GetString(), finding.GetProperty("isReached").GetBoolean()));
            Assert.Equal((false, 3.0), (finding.GetProperty("aim").GetProperty("isAtLeast").GetBoolean(), finding.GetProperty("aim").GetProperty("limit").GetDouble()));
            Assert.Equal("Infinity", part.GetProperty("findings")[1].GetProperty("value").GetString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_miss_tells_what_each_hop_took()
    {
        var answer = new ControlAnswer { DueUs = 1_000, SentUs = 1_500, ReceivedUs = 1_700, DecidedUs = 7_700, HeardUs = 8_000 };
        Assert.Equal(7, answer.LatencyMs);
        Assert.Equal([0.5, 0.2, 6, 0.3], answer.HopsMs);
        Assert.Equal("7.00 ms = load sends 0.50 + broker takes 0.20 + twin and device decide 6.00 + broker delivers 0.30", answer.ToString());
        Assert.Equal("no command", new ControlAnswer { DueUs = 1_000, SentUs = 1_500 }.ToString());
        Assert.True(double.IsNaN(default(ControlAnswer).LatencyMs));
    }

    [Fact]
    public async Task Callers_of_a_closed_loop_ask_as_often_as_they_should()
    {
        var asked = 0;
        var loop = await ClosedLoop.RunAsync(4, 40, () =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        Assert.Equal(40, asked);
        Assert.True(loop.PerSecond > 0 && loop.P95Ms >= 0);
    }
}
