using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Plants;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Bench;

/// <summary>What the control benchmark sends: machines that take turns, each message a few samples of one force.</summary>
/// <param name="Rate">Messages a second, all machines together.</param>
/// <param name="Machines">Machines.</param>
/// <param name="Deadline">The control loops' deadline.</param>
internal sealed record ControlLoad(int Rate, int Machines, TimeSpan Deadline)
{
    /// <summary>Samples in a message.</summary>
    public const int MessageRows = 16;

    /// <summary>Samples that a decision rests on.</summary>
    public const int WindowRows = 64;

    private const string Site = "bench", Line = "line-1", Channel = "force", Control = "pressure";

    /// <summary>The plant: a proportional controller a machine, and the force's statistics for monitoring.</summary>
    public SiteDeclaration Plant()
    {
        var line = LineKey.Parse($"{Site}/{Line}");
        var rateHz = (double)Rate / Machines * MessageRows;
        return new SiteDeclaration(line.Site, "Control benchmark", [new LineDeclaration(line, "Presses", [.. Enumerable.Range(0, Machines).Select(machine => Declared(machine, rateHz))])]);
    }

    /// <summary>A machine's key.</summary>
    public static MachineKey Machine(int index) => MachineKey.Parse($"{Site}/{Line}/press-{index:D3}");

    /// <summary>A machine's number, read from its key's last segment.</summary>
    public static int IndexOf(string topic)
    {
        var from = topic.IndexOf("press-", StringComparison.Ordinal) + "press-".Length;
        return int.Parse(topic.AsSpan(from, 3), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A machine's message.</summary>
    public SampleBatch Message(int machine, long epoch, long sequence, long nowUs)
    {
        var stepUs = (long)(1e6 * Machines / Rate / MessageRows);
        var times = new long[MessageRows];
        var values = new double[MessageRows];
        for (var i = 0; i < MessageRows; i++)
        {
            times[i] = nowUs - ((MessageRows - 1 - i) * stepUs);
            values[i] = 50 + (10 * Math.Sin((sequence * MessageRows + i) * 0.05));
        }

        return new SampleBatch(Machine(machine), SampleBatch.DefaultSource, epoch, sequence, [new SampleColumn(Channel, times, values)]);
    }

    private MachineDeclaration Declared(int machine, double rateHz) => PlantFile.Revised(new MachineDeclaration(
        Machine(machine), "press", $"Press {machine}",
        [new ChannelDeclaration(Channel, "kN", -1000, 1000, rateHz)],
        [new WindowStatisticsAnalysis("force", Channel, 256, 256, [Statistic.Rms, Statistic.Peak])],
        [new AlarmDeclaration("overload", "force/peak", AlarmSide.High, 500, 400, 1, 1, AlarmPriority.High)],
        Running: null,
        LatenessMax: TimeSpan.FromSeconds(2),
        ClockSkewMax: null,
        Revision: string.Empty)
    {
        Controls = [new ControlDeclaration(Control, Channel, WindowRows, Statistic.Mean, new ProportionalLaw(50, 2, 50, 0, 100), "valve", Deadline)],
    });
}
