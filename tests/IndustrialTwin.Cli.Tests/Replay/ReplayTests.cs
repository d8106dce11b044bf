using IndustrialTwin.CommandLine;
using Xunit;

namespace IndustrialTwin.Replay;

/// <summary>Real data through the real path: MQTT, log, twin, device, and read back from the twin.</summary>
public sealed class ReplayTests(SiloFixture silo)
{
    [Fact]
    public async Task Skab_reaches_the_golden_numbers_and_a_second_run_changes_nothing()
    {
        var folder = DataSets.Folder("skab/dev");
        await silo.StartAsync();
        string[] command = ["replay", "skab", folder, "--per-file", .. silo.Gateway, .. silo.Mqtt];

        var first = await Invocation.RunAsync(command);
        Assert.True(first.ExitCode == ExitCode.Done, first.Error);
        var lines = first.Out.Split('\n');
        Assert.Contains("F1 0.6618  FAR 15.77 %  MAR 43.92 %  (TP 4926  TN 6282  FP 1176  FN 3858)", lines);
        Assert.Contains("Changepoints, NAB as in SKAB: standard 20.58, low FP 12.54, low FN 24.96; 59 of 89 missed, 121 FP", lines);
        Assert.Contains("Duplicates: 0 of 514 messages.", lines);
        var reference = (await File.ReadAllLinesAsync(Path.Combine(folder, "reference/t2_per_file.csv"))).Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.Equal(23, reference.Length);
        Assert.All(reference, row => Assert.Contains(lines, line =>
            line.StartsWith(row[0] + " ", StringComparison.Ordinal)
            && line.EndsWith($"(TP {row[5]}  TN {row[6]}  FP {row[7]}  FN {row[8]})", StringComparison.Ordinal)
            && line.Contains($"F1 {row[9]}", StringComparison.Ordinal)));

        var second = await Invocation.RunAsync(command);
        Assert.True(second.ExitCode == ExitCode.Done, second.Error);
        Assert.Contains("Duplicates: all 514 messages. Nothing changed.", second.Out.Split('\n'));
        Assert.Equal(Scores(first), Scores(second));
    }

    [Fact]
    public async Task Nab_reaches_the_golden_numbers_and_a_second_run_changes_nothing()
    {
        var folder = DataSets.Folder("nab/dev");
        await silo.StartAsync();
        string[] command = ["replay", "nab", folder, .. silo.Gateway, .. silo.Mqtt];

        var first = await Invocation.RunAsync(command);
        Assert.True(first.ExitCode == ExitCode.Done, first.Error);
        Assert.Contains("to 12 significant digits as in the published results: standard 40.5856,", first.Out, StringComparison.Ordinal);
        Assert.Matches("in full precision: +standard 40.9597,", first.Out);

        var second = await Invocation.RunAsync(command);
        Assert.True(second.ExitCode == ExitCode.Done, second.Error);
        Assert.Contains("Nothing changed.", second.Out, StringComparison.Ordinal);
        Assert.Equal(Scores(first), Scores(second));
    }

    [Fact]
    public async Task Other_data_under_the_same_keys_is_told_instead_of_scored()
    {
        await silo.StartAsync();
        var folder = Directory.CreateTempSubdirectory("itwin-nab-");
        try
        {
            string[] command = ["replay", "nab", folder.FullName, "--site", "nab-changed", .. silo.Gateway, .. silo.Mqtt];
            WriteStream(folder.FullName, 300);
            var good = await Invocation.RunAsync(command);
            Assert.True(good.ExitCode == ExitCode.Done, good.Error);

            WriteStream(folder.FullName, 301);
            var changed = await Invocation.RunAsync(command);
            Assert.Equal(ExitCode.Refused, changed.ExitCode);
            Assert.Contains("nab-changed/group/stream", changed.Error, StringComparison.Ordinal);
            Assert.Contains("--site", changed.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Speed_keeps_recorded_time()
    {
        await silo.StartAsync();
        var folder = Directory.CreateTempSubdirectory("itwin-nab-");
        try
        {
            // 600 rows at 5 minutes: two batches at rows 249 and 499, the rest at row 599, which is 179,700 s after the first.
            WriteStream(folder.FullName, 600);
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            var run = await Invocation.RunAsync(
                ["replay", "nab", folder.FullName, "--site", "nab-speed", "--speed", "179700", .. silo.Gateway, .. silo.Mqtt]);
            Assert.True(run.ExitCode == ExitCode.Done, run.Error);
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) >= TimeSpan.FromSeconds(1));
            Assert.Contains("600 rows, 600 samples in 3 messages", run.Out, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void WriteStream(string folder, int rows)
    {
        Directory.CreateDirectory(Path.Combine(folder, "data/group"));
        Directory.CreateDirectory(Path.Combine(folder, "labels"));
        var start = new DateTime(2014, 4, 1, 0, 0, 0, DateTimeKind.Utc);
        File.WriteAllLines(
            Path.Combine(folder, "data/group/stream.csv"),
            ["timestamp,value", .. Enumerable.Range(0, rows).Select(row => FormattableString.Invariant($"{start.AddMinutes(5 * row):yyyy-MM-dd HH:mm:ss},{Math.Sin(row) + (row == 200 ? 50 : 0)}"))]);
        File.WriteAllText(
            Path.Combine(folder, "labels/combined_windows.json"), """{"group/stream.csv": [["2014-04-01 15:00:00.000000", "2014-04-01 18:00:00.000000"]]}""");
    }

    private static string[] Scores(Invocation run) => [.. run.Out.Split('\n').Skip(3)];
}
