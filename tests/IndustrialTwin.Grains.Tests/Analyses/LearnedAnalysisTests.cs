using IndustrialTwin.Alarms;
using IndustrialTwin.Cluster;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Analyses;

/// <summary>Analyses that look for a fault as machines have them: each is quiet before it and raises its alarm after it, also across a restart.</summary>
public class LearnedAnalysisTests(TwinCluster cluster)
{
    private const int Rows = 6_000;
    private const int FaultRow = 4_000;
    private const int BatchRows = 250;
    private const double RateHz = 1_000;

    /// <summary>A kind, the signal whose fault it sees, the feature that is judged and its limit.</summary>
    private static readonly Dictionary<string, (AnalysisDeclaration Analysis, Func<int, bool, double[]> Signal, string Feature, double Limit, AlarmSide Side)> Kinds = new()
    {
        // A bearing whose outer ring is struck 36 times a second, each time ringing at 300 Hz.
        ["envelope"] = (
            new EnvelopeAnalysis("a", "force", RateHz, 1_024, 512, 200, 400, new BearingDeclaration(9, 7.94, 39.04, 0, 10, 3, 0.03), []),
            (row, isFaulty) => [Noise(row) + (isFaulty ? 6 * Math.Exp(-(row / RateHz * 35.85 % 1) * 12) * Math.Sin(2 * Math.PI * 300 * row / RateHz) : 0), 1],
            "a/outer-race", 0.1, AlarmSide.High),

        // A shift of one deviation, which no single sample betrays.
        ["rolling"] = (
            new RollingAnalysis("a", "force", 1_500, 0.05, 4),
            (row, isFaulty) => [50 + Noise(row) + (isFaulty ? 0.6 : 0), 1],
            "a/ewma", 1, AlarmSide.High),

        // A wave whose rhythm breaks.
        ["forecast"] = (
            new ForecastAnalysis("a", "force", 1_500, 32, 4, 1e-3, IsLastSubtracted: true),
            (row, isFaulty) => [(20 * Math.Sin(row * 0.2)) + (0.2 * Noise(row)) + (isFaulty && row % 500 < 20 ? 6 : 0), 1],
            "a/residual", 8, AlarmSide.High),

        // One beat of a machine's cycle that is not like any before.
        ["matrix-profile"] = (
            new MatrixProfileAnalysis("a", "force", 512, 64, 16),
            (row, isFaulty) => [(10 * Math.Sin(row * 0.2) * Math.Sin(row * 0.05)) + (0.1 * Noise(row)) + (isFaulty ? 8 * Noise(row / 3) : 0), 1],
            "a/discord", 0.4, AlarmSide.High),

        // Two channels that went together and do so no more: neither is out of its range.
        ["autoencoder"] = (
            new AutoencoderAnalysis("a", ["force", "speed"], 1_500, 8, 1, 1_500, 0.999),
            (row, isFaulty) => [100 * Math.Sin(row * 0.05), 1_500 + (100 * Math.Sin((row * 0.05) + (isFaulty ? 2 : 0))) + Noise(row)],
            "a/error", 3, AlarmSide.High),
    };

    private readonly Dictionary<MachineKey, long> _sequences = [];

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_fault_raises_the_alarm_and_nothing_before_it(string kind)
    {
        var (key, _) = await MachineAsync(kind);
        await ObserveAsync(key, kind, 0, FaultRow);
        var healthy = await cluster.CaughtUpAsync(key);
        Assert.All(healthy.Alarms, alarm => Assert.Equal(0, alarm.Raisings));
        Assert.True((await FeatureAsync(key, kind)).Count > 5);
        await ObserveAsync(key, kind, FaultRow, Rows);
        var faulty = await cluster.CaughtUpAsync(key);
        Assert.True(Assert.Single(faulty.Alarms).Raisings > 0, Describe(await FeatureAsync(key, kind)));
        var series = await FeatureAsync(key, kind);
        Assert.All(series.Values, value => Assert.True(double.IsFinite(value)));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_restart_changes_no_point(string kind)
    {
        var (whole, _) = await MachineAsync(kind);
        await ObserveAsync(whole, kind, 0, Rows);
        await cluster.CaughtUpAsync(whole);
        var expected = await FeatureAsync(whole, kind);
        foreach (var hasCheckpoints in (bool[])[true, false])
        {
            var (key, _) = await MachineAsync(kind);
            cluster.Store.Break(key.Value, !hasCheckpoints);
            foreach (var (from, to) in ((int, int)[])[(0, 1_000), (1_000, 2_500), (2_500, Rows)]) // While it learns, and after.
            {
                await ObserveAsync(key, kind, from, to);
                await cluster.CaughtUpAsync(key);
                await cluster.SleepAsync(key);
            }

            var series = await FeatureAsync(key, kind);
            Assert.Equal(expected.TimesUs, series.TimesUs);
            for (var i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected.Values[i], series.Values[i], 1e-6 * Math.Max(1, Math.Abs(expected.Values[i])));
            }
        }
    }

    [Fact]
    public async Task A_forecast_starts_and_learns_on_one_side_of_a_hole()
    {
        var (key, _) = await MachineAsync("forecast");
        await ObserveAsync(key, "forecast", 0, 750);
        await ObserveAsync(key, "forecast", 1_000, 3_500);  // 750 rows were not enough to learn; it begins anew behind the hole.
        await ObserveAsync(key, "forecast", 3_750, FaultRow);
        await cluster.CaughtUpAsync(key);
        var series = await FeatureAsync(key, "forecast");
        var rows = series.TimesUs.Select(time => (int)((time - Time(0)) / 1_000)).ToArray();
        Assert.Equal(Enumerable.Range(2_500, 1_000).Concat(Enumerable.Range(3_750 + 35, 250 - 35)), rows);
        Assert.All(series.Values, value => Assert.InRange(value, 0, 8));
    }

    [Fact]
    public async Task The_forecast_itself_is_a_feature_in_the_channels_unit()
    {
        var (key, grain) = await MachineAsync("forecast");
        await ObserveAsync(key, "forecast", 0, 3_000);
        await cluster.CaughtUpAsync(key);
        var forecast = await grain.GetFeature(new SampleQuery("a/forecast"));
        for (var i = 0; i < forecast.Count; i++)
        {
            var row = (int)((forecast.TimesUs[i] - Time(0)) / 1_000);
            Assert.Equal(20 * Math.Sin(row * 0.2), forecast.Values[i], 1.5);
        }
    }

    [Fact]
    public async Task Bands_of_an_envelope_are_features_by_their_own_names()
    {
        var (_, signal, _, _, _) = Kinds["envelope"];
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
        {
            Analyses = [new EnvelopeAnalysis("gear", "force", RateHz, 1_024, 1_024, 200, 400, null, [new Band("mesh", 30, 42), new Band("other", 50, 62)])],
            Alarms = [],
        });
        for (var sequence = 0; sequence < 20; sequence++)
        {
            await grain.Observe(Batch(key, sequence, signal, isFaulty: true));
        }

        await cluster.CaughtUpAsync(key);
        var (mesh, other) = (await grain.GetFeature(new SampleQuery("gear/mesh")), await grain.GetFeature(new SampleQuery("gear/other")));
        Assert.Equal(4, mesh.Count);
        Assert.All(mesh.Values.Zip(other.Values), pair => Assert.True(pair.First > 5 * pair.Second, $"{pair}"));
    }

    private static double Noise(int row) => Math.Sqrt(-2 * Math.Log(Even(2 * row))) * Math.Cos(2 * Math.PI * Even((2 * row) + 1));

    private static double Even(int at)
    {
        var x = unchecked((uint)at * 2_654_435_761u);
        x = unchecked((x ^ (x >> 15)) * 2_246_822_519u);
        x = unchecked((x ^ (x >> 13)) * 3_266_489_917u);
        return ((x ^ (x >> 16)) + 0.5) / 4_294_967_296.0;
    }

    private static long Time(int row) => 1_700_000_000_000_000 + (row * 1_000L);

    private static string Describe(FeatureSeries series) => $"{series.Count} points, the greatest of the last third is {series.Values.Skip(2 * series.Count / 3).Max()}.";

    private static SampleBatch Batch(MachineKey key, int sequence, Func<int, bool, double[]> signal, bool isFaulty, int offset = 0)
    {
        var rows = Enumerable.Range((sequence * BatchRows) + offset, BatchRows).ToArray();
        var values = Array.ConvertAll(rows, row => signal(row, isFaulty));
        var times = Array.ConvertAll(rows, Time);
        return new SampleBatch(
            key, "plc", 1, sequence, [new SampleColumn("force", times, [.. values.Select(row => row[0])]), new SampleColumn("speed", times, [.. values.Select(row => row[1])])]);
    }

    private Task<(MachineKey Key, IMachineGrain Grain)> MachineAsync(string kind) => cluster.DeclaredAsync(declaration => declaration with
    {
        Analyses = [Kinds[kind].Analysis],
        Alarms = [new AlarmDeclaration("fault", Kinds[kind].Feature, Kinds[kind].Side, Kinds[kind].Limit, Kinds[kind].Limit, 1, 1, AlarmPriority.High)],
    });

    private Task<FeatureSeries> FeatureAsync(MachineKey key, string kind) => cluster.Machine(key).GetFeature(new SampleQuery(Kinds[kind].Feature));

    /// <summary>Sends the rows from one to another, the fault from its row on.</summary>
    private async Task ObserveAsync(MachineKey key, string kind, int from, int to)
    {
        var grain = cluster.Machine(key);
        for (var row = from; row < to; row += BatchRows)
        {
            var batch = Batch(key, row / BatchRows, Kinds[kind].Signal, row >= FaultRow) with { Sequence = _sequences[key] = _sequences.GetValueOrDefault(key, -1) + 1 };
            Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(batch)).Outcome);
        }
    }
}
