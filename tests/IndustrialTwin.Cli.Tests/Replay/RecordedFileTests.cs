using IndustrialTwin.CommandLine;
using Xunit;

namespace IndustrialTwin.Replay;

public sealed class RecordedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("itwin-csv-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("timestamp,value\n2014-04-01 00:00:00,1\nnoon,2\n", ":3: timestamp: found 'noon'")]
    [InlineData("timestamp,value\n2014-04-01 00:00:00,NaN\n", ":2: value: found 'NaN'; expected a finite number")]
    [InlineData("timestamp,value\n2014-04-01 00:00:00,1,2\n", ":2: the row: found 3 fields; expected 2")]
    [InlineData("timestamp,value\n", "found 1 lines; expected a header and at least one row")]
    public async Task A_bad_file_is_told_with_line_and_column(string text, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data/group"));
        Directory.CreateDirectory(Path.Combine(_folder, "labels"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "data/group/a.csv"), text);
        await File.WriteAllTextAsync(Path.Combine(_folder, "labels/combined_windows.json"), """{"group/a.csv": []}""");
        var run = await Invocation.RunAsync("replay", "nab", _folder);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"other.csv": []}""", "nothing stands there for 'group/a.csv'")]
    [InlineData("""{"group/a.csv": [["2014-04-01 00:00:00"]]}""", "is no window")]
    [InlineData("""{"group/a.csv": [["2014-04-01 00:00:00", "2014-04-09 00:00:00"]]}""", "begins or ends at a time that no row has")]
    [InlineData("{", "combined_windows.json")]
    public async Task Bad_labels_are_told(string labels, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data/group"));
        Directory.CreateDirectory(Path.Combine(_folder, "labels"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "data/group/a.csv"), "timestamp,value\n2014-04-01 00:00:00,1\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "labels/combined_windows.json"), labels);
        var run = await Invocation.RunAsync("replay", "nab", _folder);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_always_makes_the_same_batches_and_they_hold_every_row_once()
    {
        var file = Path.Combine(_folder, "a.csv");
        File.WriteAllLines(file, ["timestamp,value", .. Enumerable.Range(0, 107).Select(row => $"2014-04-01 00:{row / 60:00}:{row % 60:00},{row}")]);
        var machine = Machines.MachineKey.Parse("site/line/machine");
        var read = RecordedFile.Read(file, ',');
        Recording Made() => new(
            "a.csv",
            new Machines.MachineDeclaration(machine, "type", "title", [new Machines.ChannelDeclaration("value", "", 0, 1000, 1)], [], [], null, TimeSpan.Zero, null, ""),
            read.ContentHash, read.TimesUs, read.Columns, 10);
        var batches = Enumerable.Range(0, Made().Batches).Select(Made().Batch).ToArray();
        Assert.Equal(11, batches.Length);
        Assert.Equal(Enumerable.Range(0, 11).Select(i => (long)i), batches.Select(batch => batch.Sequence));
        Assert.Equal(read.TimesUs, batches.SelectMany(batch => batch.Columns[0].TimesUs));
        Assert.Equal(read.Columns[0], batches.SelectMany(batch => batch.Columns[0].Values));
        Assert.Equal(TimeSpan.FromSeconds(9), Made().CompleteAfter(0));
        Assert.Equal(TimeSpan.FromSeconds(106), Made().CompleteAfter(10));
        Assert.All(batches, batch => Assert.Equal((0, $"replay-{read.ContentHash}"), (batch.Epoch, batch.Source)));
    }
}
