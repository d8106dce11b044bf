using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Chaos;

/// <summary>
/// A plant of like machines whose values are the numbers of their rows, so that every stored sample, window and command tells which
/// one it is.
/// </summary>
internal static class Plant
{
    public const int RowsPerBatch = 8;
    public const int WindowRows = 64;
    public const long StartUs = 1_700_000_000_000_000;
    public const string Channel = "force";
    public const string Feature = "force-statistics/maximum";
    private const string Maker = "load";

    public static MachineKey Machine(string site, int number) => MachineKey.Parse($"{site}/line-{number / 100}/m-{number:00000}");

    public static SiteDeclaration Declaration(string site, int machines, TimeSpan controlDeadline, TimeSpan? clockSkewMax = null) => new(
        SiteKey.Parse(site),
        site,
        [
            .. Enumerable.Range(0, machines).GroupBy(number => Machine(site, number).Line).Select(line => new LineDeclaration(
                line.Key, line.Key.Value, [.. line.Select(number => Declaration(Machine(site, number), "1", controlDeadline, clockSkewMax))])),
        ]);

    public static MachineDeclaration Declaration(MachineKey machine, string revision, TimeSpan controlDeadline, TimeSpan? clockSkewMax = null) => new(
        machine, "tester", machine.Name,
        [new ChannelDeclaration(Channel, "kN", -1e12, 1e12, 1000)],
        [new WindowStatisticsAnalysis("force-statistics", Channel, WindowRows, WindowRows, [Statistic.Maximum])],
        [new AlarmDeclaration("overload", Feature, AlarmSide.High, 1e9, 1e9, 1, 1, AlarmPriority.High)],
        null, TimeSpan.FromHours(1), clockSkewMax, revision)
    {
        // Commands the newest row's number: every batch decides, and a command tells which batch caused it.
        Controls = [new ControlDeclaration("follow", Channel, 2, Statistic.Maximum, new ProportionalLaw(0, -1, 0, -1e12, 1e12), "set", controlDeadline)],
    };

    public static SampleBatch Batch(MachineKey machine, long sequence, long startUs = StartUs)
    {
        var times = new long[RowsPerBatch];
        var values = new double[RowsPerBatch];
        for (var i = 0; i < RowsPerBatch; i++)
        {
            var row = (sequence * RowsPerBatch) + i;
            times[i] = startUs + (row * 1000);
            values[i] = row;
        }

        return new SampleBatch(machine, Maker, 1, sequence, [new SampleColumn(Channel, times, values)]);
    }
}
