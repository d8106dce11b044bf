using System.Text.Json;
using IndustrialTwin.CommandLine;
using Spectre.Console;
using Xunit;

namespace IndustrialTwin.Gameday;

/// <summary>What the command does with drills. None is run against a silo here.</summary>
public sealed class GamedayCommandTests
{
    [Fact]
    public async Task A_list_names_every_drill_of_the_issue_and_runs_none()
    {
        var run = await Invocation.RunAsync("gameday", "--list");
        Assert.Equal(ExitCode.Done, run.ExitCode);
        string[] asked =
        [
            "wrong-certificate", "replayed-message", "flood", "poisoned-payload", "stolen-key", "silo-killed", "clock-skew", "full-disk", "database-failover",
            "partition", "rogue-client", "unsigned-model",
        ];
        Assert.All(asked, name => Assert.Contains(name, run.Out, StringComparison.Ordinal));
        Assert.Equal(DrillList.All.Count, DrillList.All.Select(drill => drill.Name).Distinct().Count());
        Assert.All(DrillList.All, drill => Assert.True(drill.Attempted.Length > 10 && drill.Expected.Length > 10));
    }

    [Fact]
    public async Task A_drill_that_there_is_not_is_a_usage_error_that_names_those_there_are()
    {
        var run = await Invocation.RunAsync("gameday", "--drill", "tea");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--drill is 'tea'", run.Error, StringComparison.Ordinal);
        Assert.Contains("rogue-client", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--silo is 'nowhere.dll'", "--silo", "nowhere.dll")]
    [InlineData("--json is '/nowhere/a.json'", "--json", "/nowhere/a.json")]
    public async Task What_cannot_be_used_is_refused_before_anything_is_run(string expected, params string[] args)
    {
        var run = await Invocation.RunAsync(["gameday", .. args]);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_the_file_and_the_exit_code_tell_what_held_what_failed_and_what_was_not_run()
    {
        using var output = new StringWriter();
        using var json = new MemoryStream();
        await using var grounds = new Grounds("none");
        var terminal = new Terminal(output, TextWriter.Null, AnsiConsole.Console);
        Drill held = new Scripted("good", trial => trial.Must(true, "seen")), away = new Scripted("away", _ => throw new DrillNotHereException("no disk"));
        Drill wrong = new Scripted("wrong", trial =>
        {
            trial.Must(true, "one");
            trial.Must(false, "two");
        });
        Drill broken = new Scripted("broken", _ => throw new InvalidOperationException("bang")), blind = new Scripted("blind", _ => { });

        Assert.Equal(ExitCode.Done, await GamedayCommand.RunAsync(terminal, [held, away], grounds, null, TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.Refused, await GamedayCommand.RunAsync(terminal, [held, away, wrong, broken, blind], grounds, json, TestContext.Current.CancellationToken));
        Assert.Contains("2 drills: 1 held, 0 failed, 1 not run.", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("not run: no disk", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("✗ two", output.ToString(), StringComparison.Ordinal);
        using var read = JsonDocument.Parse(json.ToArray());
        var drills = read.RootElement.GetProperty("drills").EnumerateArray().ToArray();
        Assert.Equal(["held", "not-run", "failed", "failed", "failed"], drills.Select(drill => drill.GetProperty("verdict").GetString()));
        Assert.Equal((1, 3, 1), (Number("held"), Number("failed"), Number("notRun")));
        Assert.Equal("two", drills[2].GetProperty("observed")[1].GetProperty("text").GetString());
        Assert.False(drills[2].GetProperty("observed")[1].GetProperty("held").GetBoolean());
        Assert.Contains("bang", drills[3].GetProperty("observed")[0].GetProperty("text").GetString(), StringComparison.Ordinal);

        int Number(string name) => read.RootElement.GetProperty(name).GetInt32();
    }

    /// <summary>A drill that sees what it is told to see.</summary>
    private sealed class Scripted(string name, Action<Trial> script) : Drill
    {
        public override string Name => name;

        public override string Attempted => "nothing";

        public override string Expected => "nothing";

        public override Task RunAsync(Trial trial, CancellationToken cancellationToken)
        {
            script(trial);
            return Task.CompletedTask;
        }
    }
}
