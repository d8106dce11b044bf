using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Machines;
using IndustrialTwin.Plants;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Replay.Skab;

/// <summary>One experiment of SKAB, the Skoltech Anomaly Benchmark: eight channels of a water circuit at 1 Hz, and labels a row.</summary>
/// <param name="Recording">What its twin gets.</param>
/// <param name="IsAnomaly">Whether a row is labelled anomalous.</param>
/// <param name="IsChangepoint">Whether a row is labelled a changepoint.</param>
internal sealed record SkabExperiment(Recording Recording, bool[] IsAnomaly, bool[] IsChangepoint)
{
    /// <summary>Rows that the protocol takes as normal.</summary>
    public const int FitRows = 400;

    /// <summary>What is read back from the twins: T² over its upper control limit.</summary>
    public const string Feature = "hotelling/t2";

    private const int RowsPerBatch = 50;

    /// <summary>The columns of a file after the time, and the channels they become: name, unit, range.</summary>
    private static readonly (string Column, ChannelDeclaration Channel)[] Channels =
    [
        ("Accelerometer1RMS", Channel("accelerometer_1", "g", -100, 100)),
        ("Accelerometer2RMS", Channel("accelerometer_2", "g", -100, 100)),
        ("Current", Channel("current", "A", -1000, 1000)),
        ("Pressure", Channel("pressure", "bar", -100, 100)),
        ("Temperature", Channel("engine_temperature", "Cel", -273.15, 1000)),
        ("Thermocouple", Channel("fluid_temperature", "Cel", -273.15, 1000)),
        ("Voltage", Channel("voltage", "V", -1000, 1000)),
        ("Volume Flow RateRMS", Channel("flow", "l/min", -1000, 1000)),
    ];

    /// <summary>Reads the labelled experiments of a folder and its folders; <c>anomaly-free.csv</c> has no labels and is left out.</summary>
    /// <exception cref="CommandFault">There are none, or one is not as expected.</exception>
    public static SkabExperiment[] ReadAll(string folder, SiteKey site)
    {
        var found = Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .Where(file => IsExperiment(file.Path))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => Read(file.Path, file.Name, site))
            .ToArray();
        return found.Length > 0 ? found : throw new CommandFault(
            $"'{folder}' holds no SKAB experiments; expected files such as valve1/0.csv with the header "
            + "'datetime;Accelerometer1RMS;…;anomaly;changepoint'.",
            ExitCode.Refused);
    }

    private static ChannelDeclaration Channel(string name, string unit, double minimum, double maximum) => new(name, unit, minimum, maximum, 1);

    private static bool IsExperiment(string path)
    {
        using var reader = new StreamReader(path);
        return reader.ReadLine() is { } header
            && header.StartsWith("datetime;", StringComparison.Ordinal)
            && header.Contains(";anomaly;changepoint", StringComparison.Ordinal);
    }

    private static SkabExperiment Read(string path, string name, SiteKey site)
    {
        var file = RecordedFile.Read(path, ';');
        var expected = Channels.Select(channel => channel.Column).Append("anomaly").Append("changepoint").ToArray();
        if (!file.Header.AsSpan(1).SequenceEqual(expected))
        {
            throw new CommandFault(
                $"{path}:1: found the columns {string.Join(", ", file.Header[1..])}; expected {string.Join(", ", expected)}.", ExitCode.Refused);
        }

        for (var row = 1; row < file.TimesUs.Length; row++)
        {
            if (file.TimesUs[row] <= file.TimesUs[row - 1])
            {
                throw new CommandFault($"{path}:{row + 2}: the time is not after that of the row before; expected ascending times.", ExitCode.Refused);
            }
        }

        if (file.TimesUs.Length <= FitRows)
        {
            throw new CommandFault($"{path}: {file.TimesUs.Length} rows; expected more than the {FitRows} that are fitted.", ExitCode.Refused);
        }

        var channels = Channels.Select(channel => channel.Channel).ToArray();
        var declaration = Declaration(MachineOf(site, name, path), name, channels);
        return new SkabExperiment(
            new Recording(name, declaration, file.ContentHash, file.TimesUs, file.Columns[..channels.Length], RowsPerBatch),
            [.. file.Columns[^2].Select(label => label != 0)],
            [.. file.Columns[^1].Select(label => label != 0)]);
    }

    private static MachineKey MachineOf(SiteKey site, string name, string path)
    {
        var parts = name[..^".csv".Length].Split('/');
        var line = parts.Length > 1 ? parts[^2] : "experiments";
        return MachineKey.TryParse($"{site}/{line}/{parts[^1]}", out var machine)
            ? machine
            : throw new CommandFault(
                $"{path}: '{line}/{parts[^1]}' makes no machine key; expected letters, digits, '-', '_' and '.' only.", ExitCode.Refused);
    }

    /// <summary>
    /// The protocol of the benchmark as a machine's declaration: Hotelling's T² fitted on the first 400 rows, the median of five,
    /// abnormal beyond twice the upper control limit. Recorded data waits for its gaps however long: nothing may be left out.
    /// </summary>
    private static MachineDeclaration Declaration(MachineKey machine, string name, ChannelDeclaration[] channels) => PlantFile.Revised(new MachineDeclaration(
        machine,
        "skab-water-circuit",
        $"SKAB {name}",
        channels,
        [new HotellingAnalysis("hotelling", [.. channels.Select(channel => channel.Name)], FitRows)],
        [new AlarmDeclaration("anomaly", Feature, AlarmSide.High, 2, 2, 5, 1, AlarmPriority.High)],
        Running: null,
        LatenessMax: TimeSpan.FromDays(3650),
        ClockSkewMax: null,
        Revision: string.Empty));
}
