using System.Diagnostics;
using System.Globalization;
using IndustrialTwin.Bench;
using IndustrialTwin.Benchmarks.Ingest;

namespace IndustrialTwin.Benchmarks.Scale;

/// <summary>
/// A cluster of three silo processes on one PostgreSQL server grows in one step to five, under load. Told is how long until the twins
/// are spread evenly, and what acknowledgements took before, meanwhile and after.
/// </summary>
internal static class ScaleOutCommand
{
    private const int Before = 3, After = 5, Connections = 12;
    private const double EvenWithin = 0.2;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromMinutes(3), Step = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string[] args)
    {
        ScaleArguments asked;
        try
        {
            asked = new ScaleArguments(3_000, 8_000, TimeSpan.FromSeconds(30), 10, Postgres: true).With(args);
        }
        catch (FormatException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("itwin-scale-out-").FullName;
        var silos = new List<SiloProcess>();
        await using var server = await PostgresServer.StartAsync();
        try
        {
            var database = await server.CreateAsync("twins");
            for (var n = 0; n < Before; n++)
            {
                silos.Add(await StartAsync(folder, n, n == 0 ? ScalePlant.PlantFile(asked.Twins) : null, database));
            }

            return await MeasureAsync(asked, silos, n => StartAsync(folder, n, null, database)) ? 0 : 1;
        }
        finally
        {
            foreach (var silo in silos)
            {
                await silo.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(ScaleArguments asked, List<SiloProcess> silos, Func<int, Task<SiloProcess>> start)
    {
        var table = new FigureTable($"scale-out: {asked.Twins:#,0} twins, {Before} silos become {After}, {Environment.ProcessorCount} processors for all of it");
        while ((await SpreadAsync(silos)).Sum() < asked.Twins)
        {
            await Task.Delay(Step);
        }

        await EvenAsync(silos, Stopwatch.GetTimestamp());

        var publishers = await ScalePlant.ConnectAsync(silos, asked, Connections, allowsRefusals: true);
        var rateHz = asked.RateHz / publishers[0].Samples / Connections;
        var warmed = await ScaleCommand.PublishAsync(publishers, WarmUp, rateHz);
        var before = await PhaseAsync(publishers, asked.Time, rateHz);
        before.Add(table, $"before, {Before} silos", await SpreadAsync(silos));

        var growing = GrowAsync(silos, start);
        var meanwhile = await PhaseAsync(publishers, asked.Time + asked.Time, rateHz);
        var (joined, even) = await growing;
        meanwhile.Add(table, "while it grows", await SpreadAsync(silos));
        var after = await PhaseAsync(publishers, asked.Time, rateHz);
        after.Add(table, $"after, {After} silos", await SpreadAsync(silos));

        var refused = publishers.Sum(publisher => publisher.Refused);
        var acknowledged = warmed + before.Sent + meanwhile.Sent + after.Sent - refused;
        table.Add("the new silos were ready after", joined.TotalSeconds, "s");
        table.Add($"no silo more than {EvenWithin:0 %} from the mean, so long after that", even?.TotalSeconds ?? double.NaN, "s", 60);
        table.Add("99th percentile after, over before", after.P99Ms / before.P99Ms, "1", 1);
        table.Add("messages acknowledged", acknowledged, "messages");
        table.Add("  that the silos know", await KnownAsync(silos, acknowledged), "messages", acknowledged);
        table.Add("messages refused, for their sender to repeat", refused, "messages", 0);
        foreach (var phase in (string[])["drain", "claim", "catch-up"])
        {
            table.Add($"twins that moved to the new silos: {phase}, mean", await MeanMsAsync(phase == "drain" ? silos[..Before] : silos[Before..], "itwin_machine_move_duration_seconds", $"phase=\"{phase}\""), "ms");
        }

        table.Print("Silos, database and sender share this machine.");
        foreach (var line in silos.SelectMany(silo => silo.AllOutput).Where(line => line.Contains("Refused", StringComparison.Ordinal)))
        {
            await Console.Error.WriteLineAsync(line);
        }

        Array.ForEach(publishers, publisher => publisher.Dispose());
        return even is not null;
    }

    /// <summary>Adds the new silos and waits until the twins are spread evenly; answers how long each took.</summary>
    private static async Task<(TimeSpan Joined, TimeSpan? Even)> GrowAsync(List<SiloProcess> silos, Func<int, Task<SiloProcess>> start)
    {
        var begun = Stopwatch.GetTimestamp();
        silos.AddRange(await Task.WhenAll(Enumerable.Range(Before, After - Before).Select(start)));
        var joined = Stopwatch.GetElapsedTime(begun);
        return (joined, await EvenAsync(silos, Stopwatch.GetTimestamp()));
    }

    /// <summary>Waits until the twins are spread evenly; answers how long that took, or null where it was not to be.</summary>
    private static async Task<TimeSpan?> EvenAsync(List<SiloProcess> silos, long begun)
    {
        while (Stopwatch.GetElapsedTime(begun) < Patience)
        {
            await Task.Delay(Step);
            var spread = await SpreadAsync(silos);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s: {Text(spread)}"));
            if (Array.TrueForAll(spread, twins => Math.Abs(twins - spread.Average()) <= EvenWithin * spread.Average()))
            {
                return Stopwatch.GetElapsedTime(begun);
            }
        }

        return null;
    }

    private static async Task<Phase> PhaseAsync(MqttPublisher[] publishers, TimeSpan time, double rateHz)
    {
        Array.ForEach(publishers, publisher => publisher.Forget());
        var begun = Stopwatch.GetTimestamp();
        var sent = await ScaleCommand.PublishAsync(publishers, time, rateHz);
        var perSecond = sent * publishers[0].Samples / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        double[] latencies = [.. publishers.SelectMany(publisher => publisher.LatenciesMs).Order()];
        return new Phase(sent, perSecond, Measure.Percentile(latencies, 0.5), Measure.Percentile(latencies, 0.99), latencies[^1]);
    }

    private static Task<SiloProcess> StartAsync(string folder, int number, string? plant, string database)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, $"silo-{number}")).FullName;
        var settings = new Dictionary<string, string> { ["Node__Node"] = $"bench-{number + 1}" };
        if (plant is null)
        {
            settings["Plant__File"] = string.Empty;
        }

        return SiloProcess.StartAsync(own, plant ?? string.Empty, database, settings);
    }

    private static async Task<double[]> SpreadAsync(List<SiloProcess> silos) => await Task.WhenAll(silos.ToArray().Select(ScaleCommand.TwinsAsync));

    /// <summary>Messages that the silos count as accepted or as known before; the exporters show figures up to a moment old.</summary>
    private static async Task<double> KnownAsync(List<SiloProcess> silos, double expected)
    {
        var known = 0.0;
        for (var tries = 0; tries < 20 && known < expected; tries++)
        {
            await Task.Delay(500);
            known = 0;
            foreach (var silo in silos)
            {
                known += await silo.MetricAsync("itwin_ingest_messages_total", "itwin_outcome=\"accepted\"")
                    + await silo.MetricAsync("itwin_ingest_messages_total", "itwin_outcome=\"duplicate\"");
            }
        }

        return known;
    }

    /// <summary>The mean of a histogram over all silos since they started.</summary>
    private static async Task<double> MeanMsAsync(List<SiloProcess> silos, string histogram, string label)
    {
        var (sum, count) = (0.0, 0.0);
        foreach (var silo in silos)
        {
            sum += await silo.MetricAsync($"{histogram}_sum", label);
            count += await silo.MetricAsync($"{histogram}_count", label);
        }

        return sum / count * 1_000;
    }

    private static string Text(double[] spread) => string.Join(", ", spread.Select(twins => twins.ToString("#,0", CultureInfo.InvariantCulture)));

    private sealed record Phase(int Sent, double PerSecond, double MedianMs, double P99Ms, double WorstMs)
    {
        public void Add(FigureTable table, string name, double[] spread)
        {
            table.Add($"{name}: samples acknowledged", PerSecond, "samples / s");
            table.Add("  observe to acknowledgement, median", MedianMs, "ms");
            table.Add("  99th percentile", P99Ms, "ms");
            table.Add("  worst", WorstMs, "ms");
            table.Add($"  twins of each silo: {Text(spread)}", spread.Average(), "on average");
        }
    }
}
