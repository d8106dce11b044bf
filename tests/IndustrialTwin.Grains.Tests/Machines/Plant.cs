using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <summary>Machines and batches to test with.</summary>
internal static class Plant
{
    public static readonly MachineKey Press = MachineKey.Parse("wuhan/line-3/press-07");

    public static MachineDeclaration Declaration(MachineKey? machine = null, string revision = "1", AnalysisDeclaration[]? analyses = null, AlarmDeclaration[]? alarms = null) => new(
        machine ?? Press,
        "press",
        "Press 7",
        [
            new ChannelDeclaration("force", "kN", -1000, 1000, 1000),
            new ChannelDeclaration("speed", "rpm", 0, 3000, 1000),
        ],
        analyses ??
        [
            new WindowStatisticsAnalysis("force-statistics", "force", 8, 8, [Statistic.Rms, Statistic.Maximum]),
            new HotellingAnalysis("health", ["force", "speed"], 12),
        ],
        alarms ?? [new AlarmDeclaration("overload", "force-statistics/maximum", AlarmSide.High, 900, 800, 1, 1, AlarmPriority.High)],
        new RunningRule("speed", 10),
        LatenessMax: TimeSpan.FromHours(1),
        ClockSkewMax: null,
        revision);

    /// <summary>A batch of ten rows of both channels, a millisecond apart.</summary>
    public static SampleBatch Batch(long sequence, long epoch = 1, string source = "plc", MachineKey? machine = null, int rows = 10)
    {
        var times = new long[rows];
        var (force, speed) = (new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            var row = (sequence * rows) + i;
            times[i] = 1_700_000_000_000_000 + (epoch * 1_000_000_000) + (row * 1000);
            force[i] = 100 * Math.Sin(row * 0.7) * Math.Cos(row * 0.13);
            speed[i] = 1500 + (10 * Math.Sin(row * 0.31));
        }

        return new SampleBatch(machine ?? Press, source, epoch, sequence, [new SampleColumn("force", times, force), new SampleColumn("speed", times, speed)]);
    }

    public static CommittedBatch Committed(SampleBatch batch, long position) =>
        new(position, new BatchName(batch.Source, batch.Epoch, batch.Sequence), batch.Columns, 0, null);
}
