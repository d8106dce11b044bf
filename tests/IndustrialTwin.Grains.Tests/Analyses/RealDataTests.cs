using System.Globalization;
using System.Runtime.InteropServices;
using IndustrialTwin.Alarms;
using IndustrialTwin.Cluster;
using IndustrialTwin.Machines;
using IndustrialTwin.Operations;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Analyses;

/// <summary>The analyses on recordings of real machines, from samples to alarms; skipped where the recordings are absent.</summary>
public class RealDataTests(TwinCluster cluster, ITestOutputHelper output)
{
    private const double BearingRateHz = 12_000;

    /// <summary>Ten times the greatest energy that any window of the sound bearing has at any fault, g².</summary>
    private const double BearingLimit = 1e-4;

    /// <summary>Case Western Reserve University: an SKF 6205 with faults of 0.18 and 0.53 mm, and a sound one.</summary>
    [Theory]
    [InlineData("Normal_0_a", null)]
    [InlineData("IR007_0", "inner-race")]
    [InlineData("IR021_0", "inner-race")]
    [InlineData("OR007_at_6_0", "outer-race")]
    [InlineData("OR021_at_6_0", "outer-race")]
    public async Task A_bearing_s_fault_raises_the_alarm_of_its_own_part_first(string record, string? fault)
    {
        var rows = (await File.ReadAllLinesAsync(DataSets.Path("cwru", "dev", "manifest.csv"))).Select(line => line.Split(',')).ToArray();
        var row = rows.Single(fields => fields[0] == record + ".i16");
        double Number(string field) => double.Parse(row[Array.FindIndex(rows[0], name => name.StartsWith(field, StringComparison.Ordinal))], CultureInfo.InvariantCulture);
        var counts = MemoryMarshal.Cast<byte, short>(await File.ReadAllBytesAsync(DataSets.Path("cwru", "dev", record + ".i16"))).ToArray();
        var signal = Decimated(counts, (int)(Number("fs_hz") / BearingRateHz), Number("scale"));
        var bearing = new BearingDeclaration(9, 7.94, 39.04, 0, Number("rpm") / 60, 3, 0.02);
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
        {
            Channels = [new ChannelDeclaration("vibration", "g", -50, 50, BearingRateHz)],
            Running = null,
            Analyses = [new EnvelopeAnalysis("bearing", "vibration", BearingRateHz, 16_384, 4_096, 2_000, 5_000, bearing, [])],
            Alarms =
            [
                .. BearingDeclaration.Faults.Select(name =>
                    new AlarmDeclaration(name, $"bearing/{name}", AlarmSide.High, BearingLimit, BearingLimit, 1, 1, AlarmPriority.High)),
            ],
        });
        await SendAsync(grain, key, BearingRateHz, ["vibration"], [signal], 2_048);
        var snapshot = await cluster.CaughtUpAsync(key);
        var worst = 0.0;
        var energies = new Dictionary<string, double>();
        foreach (var name in BearingDeclaration.Faults)
        {
            var series = await grain.GetFeature(new SampleQuery($"bearing/{name}"));
            energies[name] = series.Values.Average();
            worst = Math.Max(worst, series.Values.Max());
            output.WriteLine($"{record} {name}: mean {energies[name]:g3}, greatest {series.Values.Max():g3} g² of {series.Count} windows");
        }

        var raised = snapshot.Alarms.Where(alarm => alarm.Raisings > 0).Select(alarm => alarm.Name).ToArray();
        if (fault is null)
        {
            Assert.Empty(raised);
            return;
        }

        Assert.Contains(fault, raised);
        Assert.Equal(fault, energies.MaxBy(energy => energy.Value).Key);
    }

    /// <summary>
    /// Skoltech Anomaly Benchmark by its protocol: each experiment learns its first 400 rows; the median of five is judged. Its published
    /// plain autoencoder reaches F1 0.39, Hotelling's T² 0.66, the best 0.78.
    /// </summary>
    [Fact]
    public async Task An_autoencoder_finds_the_faults_of_a_water_circuit()
    {
        const int FitRows = 400;
        string[] channels = ["acc1", "acc2", "current", "pressure", "temperature", "thermocouple", "voltage", "flow"];
        var root = DataSets.Path("skab", "dev");
        var (hits, falseAlarms, missed, quiet) = (0, 0, 0, 0);
        foreach (var file in Directory.EnumerateFiles(root, "*.csv", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(Path.GetDirectoryName(path)) is "valve1" or "valve2" or "other").Order(StringComparer.Ordinal))
        {
            var rows = (await File.ReadAllLinesAsync(file)).Skip(1).Select(line => line.Split(';')).ToArray();
            var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
            {
                Channels = [.. channels.Select(channel => new ChannelDeclaration(channel, "1", -10_000, 10_000, 1))],
                Running = null,
                Analyses = [new AutoencoderAnalysis("unlike", channels, FitRows, 16, 3, 2_000, 0.99)],
                Alarms = [new AlarmDeclaration("anomaly", "unlike/error", AlarmSide.High, 2, 2, 5, 1, AlarmPriority.High)],
            });
            var columns = Enumerable.Range(1, channels.Length)
                .Select(column => rows.Select(row => double.Parse(row[column], CultureInfo.InvariantCulture)).ToArray()).ToArray();
            await SendAsync(grain, key, 1, channels, columns, 200);
            await cluster.CaughtUpAsync(key);
            var series = await grain.GetFeature(new SampleQuery("unlike/error"));
            Assert.Equal(rows.Length - FitRows, series.Count);
            for (var i = 0; i < series.Count; i++)
            {
                var isAnomaly = rows[FitRows + i][9].StartsWith('1');
                _ = (series.Exceeded[i], isAnomaly) switch
                {
                    (true, true) => hits++,
                    (true, false) => falseAlarms++,
                    (false, true) => missed++,
                    _ => quiet++,
                };
            }
        }

        var f1 = hits / (hits + ((falseAlarms + missed) / 2.0));
        output.WriteLine($"F1 {f1:0.000}, false alarms {100.0 * falseAlarms / (falseAlarms + quiet):0.0} %, missed {100.0 * missed / (missed + hits):0.0} %");
        Assert.InRange(f1, 0.66, 1); // It was 0.72; the order of float sums, and with it the training, is the processor's.
    }

    private static double[] Decimated(short[] counts, int by, double scale)
    {
        var signal = new double[counts.Length / by];
        for (var i = 0; i < signal.Length; i++)
        {
            for (var k = 0; k < by; k++)
            {
                signal[i] += counts[(i * by) + k] * scale / by;
            }
        }

        return signal;
    }

    private static async Task SendAsync(IMachineGrain grain, MachineKey key, double rateHz, string[] channels, double[][] columns, int batchRows)
    {
        var sequence = 0;
        for (var from = 0; from < columns[0].Length; from += batchRows)
        {
            var to = Math.Min(from + batchRows, columns[0].Length);
            var times = Enumerable.Range(from, to - from).Select(row => 1_700_000_000_000_000 + (long)Math.Round(row * 1e6 / rateHz)).ToArray();
            await grain.Observe(new SampleBatch(
                key, "recorder", 1, sequence++, [.. channels.Select((channel, c) => new SampleColumn(channel, times, columns[c][from..to]))]));
        }
    }
}
