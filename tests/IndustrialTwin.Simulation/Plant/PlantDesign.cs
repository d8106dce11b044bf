using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Protocols;

/// <summary>
/// The machines of a run and what they measure. A channel belongs to one source, so that what the twin computes from it follows from
/// the source's sequence alone.
/// </summary>
internal sealed class PlantDesign
{
    private const int RowsPerBatch = 10;
    private const long RowUs = 1_000;

    private readonly int _seed;

    public PlantDesign(int seed, Random random)
    {
        _seed = seed;
        Machines = [.. Enumerable.Range(1, random.Next(1, 4)).Select(number => MachineKey.Parse($"site-1/line-1/press-{number}"))];
        Sources = random.Next(1, 3);
        Batches = random.Next(10, 41);
        IsPatient = random.Next(4) > 0;
        IsRetired = random.Next(8) == 0;
    }

    public MachineKey[] Machines { get; }

    /// <summary>Sources of each machine.</summary>
    public int Sources { get; }

    /// <summary>Batches of each source.</summary>
    public int Batches { get; }

    /// <summary>Whether event time waits for as long as any batch may need, so that all points must be those of a run without faults.</summary>
    public bool IsPatient { get; }

    /// <summary>Whether the machines are retired and declared again in between; their batches are rejected meanwhile.</summary>
    public bool IsRetired { get; }

    /// <summary>Whether the control loops fall back where they do not decide in time; by the seed alone, so that the others stay as they were.</summary>
    private bool FallsBack => _seed % 5 is 0 or 2;

    /// <summary>Whether what the twins compute must equal what they had computed without faults.</summary>
    public bool HasIdeal => IsPatient && !IsRetired;

    public MachineDeclaration Declaration(MachineKey machine, int revision) => new(
        machine,
        "press",
        $"Press, revision {revision}",
        [new ChannelDeclaration("force", "kN", -1_000, 1_000, 1_000), new ChannelDeclaration("speed", "rpm", 0, 3_000, 1_000)],
        [
            new WindowStatisticsAnalysis("force-statistics", "force", 8, 8, [Statistic.Rms, Statistic.Maximum]),
            new WindowStatisticsAnalysis("overlapping", "force", 12, 5, [Statistic.Mean]),
            new LikelihoodAnalysis("speed-likelihood", "speed", 16, 4),
        ],
        [
            new AlarmDeclaration("overload", "force-statistics/maximum", AlarmSide.High, 500, 450, 1, 1, AlarmPriority.High),
            new AlarmDeclaration("strain", "overlapping/mean", AlarmSide.High, 300, 250, 3, 2, AlarmPriority.Low),
        ],
        new RunningRule("speed", 10),
        IsPatient ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(40),
        ClockSkewMax: null,
        $"{revision}")
    {
        Controls =
        [
            new ControlDeclaration("interlock", "force", 4, Statistic.Maximum, new LimitLaw(AlarmSide.High, 600, 400, 1), "stop", TimeSpan.FromMilliseconds(500))
            {
                Fallback = FallsBack ? new ControlFallback("hold", 1, TimeSpan.FromSeconds(2), AlarmPriority.High) : null,
            },
            new ControlDeclaration("feed", "speed", 4, Statistic.Mean, new ProportionalLaw(1_500, 0.1 + (0.01 * (revision / 2)), 50, 0, 100), "rate", TimeSpan.FromMilliseconds(500))
            {
                Fallback = FallsBack ? new ControlFallback("rate", 0, TimeSpan.FromMilliseconds(500), AlarmPriority.Low) : null,
            },
        ],
    };

    /// <summary>Whether an alarm judges what is computed from samples. A fallback's judges what the clock says.</summary>
    public bool IsComputed(AlarmDeclaration alarm) => !Declaration(Machines[0], 1).Controls.Any(control => alarm.Feature == ControlFallback.FeatureOf(control.Name));

    public static string SourceName(int source) => $"plc-{source}";

    /// <summary>A batch of a source: good rows, and a few samples that no twin may take. Equal arguments give equal batches.</summary>
    public SampleBatch Batch(MachineKey machine, int source, long sequence)
    {
        var random = new Random(HashCode(machine, source, sequence));
        var times = new long[RowsPerBatch];
        var (force, speed) = (new double[RowsPerBatch], new double[RowsPerBatch]);
        var isOverloaded = sequence % 7 is 3 or 4;
        for (var i = 0; i < RowsPerBatch; i++)
        {
            var row = (sequence * RowsPerBatch) + i;
            times[i] = 1_700_000_000_000_000 + (row * RowUs);
            force[i] = (isOverloaded ? 700 : 100) + (100 * Math.Sin(row * 0.7));
            speed[i] = 1_500 + (10 * Math.Sin(row * 0.31)) + random.NextDouble();
        }

        if (random.Next(3) == 0)
        {
            force[random.Next(RowsPerBatch)] = random.Next(2) == 0 ? double.NaN : 5_000;
        }

        SampleColumn forces = new("force", times, force), speeds = new("speed", times, speed);
        SampleColumn[] columns = Sources == 1 ? [forces, speeds] : source == 0 ? [forces] : [speeds];
        if (random.Next(10) == 0)
        {
            columns = [.. columns, new SampleColumn("unknown", [times[0]], [1])];
        }

        return new SampleBatch(machine, SourceName(source), 1, sequence, columns);
    }

    private int HashCode(MachineKey machine, int source, long sequence) =>
        (int)(((_seed * 31L) + machine.Name[^1]) * 31 + source) * 1_000_003 + (int)sequence;
}
