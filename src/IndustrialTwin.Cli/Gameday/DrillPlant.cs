using IndustrialTwin.Alarms;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Gameday;

/// <summary>Machines whose values are the numbers of their rows, so that every stored sample tells which one it is.</summary>
internal static class DrillPlant
{
    public const string Channel = "force";
    public const string Source = "drill";
    public const int RowsPerBatch = 4;

    private const long RowUs = 1_000;
    private const long StartUs = 1_700_000_000_000_000;

    /// <summary>A machine; recorded data, whose times are not held against the clock, where no skew is given.</summary>
    public static MachineDeclaration Machine(string key, TimeSpan? clockSkewMax = null) => new(
        MachineKey.Parse(key), "tester", key, [new ChannelDeclaration(Channel, "kN", -1e12, 1e12, 1_000)], [], Array.Empty<AlarmDeclaration>(), null, TimeSpan.FromMinutes(1), clockSkewMax, "1");

    /// <summary>The batch of a sequence.</summary>
    public static SampleBatch Batch(MachineKey machine, long sequence, int rows = RowsPerBatch, long startUs = StartUs) => new(
        machine, Source, 1, sequence,
        [
            new SampleColumn(
                Channel,
                [.. Enumerable.Range(0, rows).Select(row => startUs + (((sequence * rows) + row) * RowUs))],
                [.. Enumerable.Range(0, rows).Select(row => (double)((sequence * rows) + row))]),
        ]);

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public static long NowUs => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
