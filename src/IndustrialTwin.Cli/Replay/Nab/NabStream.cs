using System.Text.Json;
using IndustrialTwin.Analyses;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Machines;
using IndustrialTwin.Plants;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Replay.Nab;

/// <summary>One stream of NAB, the Numenta Anomaly Benchmark.</summary>
/// <param name="Recording">What its twin gets.</param>
/// <param name="Timeline">Its rows and windows.</param>
internal sealed record NabStream(Recording Recording, NabTimeline Timeline)
{
    /// <summary>What is read back from the twins.</summary>
    public const string Feature = "windowed-gaussian/likelihood";

    /// <summary>The window and step of the benchmark's windowedGaussian detector.</summary>
    private const int WindowRows = 6400, StepRows = 100;

    private const int RowsPerBatch = 250;

    /// <summary>Reads all streams of a folder that has <c>data/group/*.csv</c> and <c>labels/combined_windows.json</c>.</summary>
    /// <exception cref="CommandFault">There are none, one lacks its labels, or one is not as expected.</exception>
    public static NabStream[] ReadAll(string folder, SiteKey site)
    {
        var (data, labels) = (Path.Combine(folder, "data"), Path.Combine(folder, "labels", "combined_windows.json"));
        if (!Directory.Exists(data) || !File.Exists(labels))
        {
            throw new CommandFault($"'{folder}' is no NAB folder; expected data/<group>/*.csv and labels/combined_windows.json in it.", ExitCode.Refused);
        }

        var windows = ReadWindows(labels);
        var found = Directory.EnumerateFiles(data, "*.csv", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(data, path).Replace('\\', '/')))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => windows.TryGetValue(file.Name, out var its)
                ? Read(file.Path, file.Name, its, site)
                : throw new CommandFault(
                    $"{labels}: nothing stands there for '{file.Name}'; expected a list of windows, empty where there is no anomaly.", ExitCode.Refused))
            .ToArray();
        return found.Length > 0
            ? found
            : throw new CommandFault($"'{data}' holds no *.csv; expected files such as realKnownCause/nyc_taxi.csv.", ExitCode.Refused);
    }

    private static Dictionary<string, (long, long)[]> ReadWindows(string path)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Dictionary<string, string[][]>>(File.ReadAllBytes(path)) ?? [];
            return read.ToDictionary(entry => entry.Key, entry => entry.Value.Select(window => (Edge(window, 0), Edge(window, 1))).ToArray());
        }
        catch (Exception fault) when (fault is JsonException or FormatException or IOException)
        {
            throw new CommandFault(
                $$"""{{path}}: {{fault.Message}} Expected {"group/file.csv": [["first time", "last time"], …]}.""", ExitCode.Refused, fault);
        }

        static long Edge(string[] window, int edge) => window.Length == 2 && RecordedFile.TimeUs(window[edge]) is { } time
            ? time
            : throw new FormatException($"[{string.Join(", ", window)}] is no window.");
    }

    private static NabStream Read(string path, string name, (long, long)[] windows, SiteKey site)
    {
        var file = RecordedFile.Read(path, ',');
        if (file.Columns.Length != 1)
        {
            throw new CommandFault($"{path}:1: {file.Columns.Length + 1} columns; expected timestamp and value.", ExitCode.Refused);
        }

        var parts = name[..^".csv".Length].Split('/');
        if (!MachineKey.TryParse($"{site}/{(parts.Length > 1 ? parts[^2] : "streams")}/{parts[^1]}", out var machine))
        {
            throw new CommandFault($"{path}: '{name}' makes no machine key; expected group/file.csv of letters, digits, '-', '_' and '.'.", ExitCode.Refused);
        }

        try
        {
            var ascending = Ascending(file.TimesUs);
            return new NabStream(
                new Recording(name, Declaration(machine, name, ascending), file.ContentHash, ascending, file.Columns, RowsPerBatch),
                new NabTimeline(file.TimesUs, windows));
        }
        catch (ArgumentException fault)
        {
            throw new CommandFault($"{path}: {fault.Message}", ExitCode.Refused, fault);
        }
    }

    /// <summary>
    /// Some streams' clocks repeat times or go back an hour. A twin orders by time and keeps one value for each; the benchmark takes
    /// rows as they stand. So a row that is not after the one before is sent as one microsecond after it.
    /// </summary>
    private static long[] Ascending(long[] timesUs)
    {
        var ascending = (long[])timesUs.Clone();
        for (var row = 1; row < ascending.Length; row++)
        {
            ascending[row] = Math.Max(ascending[row], ascending[row - 1] + 1);
        }

        return ascending;
    }

    private static MachineDeclaration Declaration(MachineKey machine, string name, long[] timesUs)
    {
        // The nominal rate is that of the median step; the benchmark states none.
        long[] steps = [.. timesUs.Skip(1).Zip(timesUs, (next, time) => next - time).Order()];
        var rateHz = steps.Length > 0 ? 1e6 / steps[steps.Length / 2] : 1;
        return PlantFile.Revised(new MachineDeclaration(
            machine,
            "nab-stream",
            $"NAB {name}",
            [new ChannelDeclaration("value", string.Empty, -1e15, 1e15, rateHz)],
            [new LikelihoodAnalysis("windowed-gaussian", "value", WindowRows, StepRows)],
            [],
            Running: null,
            LatenessMax: TimeSpan.FromDays(3650),
            ClockSkewMax: null,
            Revision: string.Empty));
    }
}
