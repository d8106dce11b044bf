using System.Diagnostics;
using IndustrialTwin.Bench;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Benchmarks.Ingest;

/// <summary>
/// Durable MQTT messages of quality of service 1 a second: through the broker in the silo to real twins with analyses, acknowledged
/// after the commit, fsync on. The silo is a process of its own; this process sends. Beside it the engine alone, writing what the log
/// would hold in groups as large as the silo's.
/// </summary>
internal static class IngestBenchmarks
{
    private const int Connections = 16;
    private const double LoadShare = 0.8, MessagesGoal = 5_000, SamplesGoal = 200_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8), Time = TimeSpan.FromSeconds(8);

    public static async Task<IReadOnlyList<Row>> SqliteAsync() => await RunAsync("SQLite", null);

    public static async Task<IReadOnlyList<Row>> PostgresAsync()
    {
        await using var server = await PostgresServer.StartAsync();
        return await RunAsync("PostgreSQL", server);
    }

    private static async Task<IReadOnlyList<Row>> RunAsync(string engine, PostgresServer? server) =>
        [.. await RunAsync(engine, server, rows: 1), .. await RunAsync(engine, server, rows: 100)];

    private static async Task<IReadOnlyList<Row>> RunAsync(string engine, PostgresServer? server, int rows)
    {
        var folder = Directory.CreateTempSubdirectory("itwin-bench-").FullName;
        try
        {
            Load load;
            await using (var silo = await SiloProcess.StartAsync(folder, PressPlant.PlantFile, server is null ? null : await server.CreateAsync($"twins_{rows}")))
            {
                load = await LoadAsync(silo, server, rows);
            }

            byte[][] payloads =
            [
                .. Enumerable.Range(0, 256).Select(n => SampleBatchCodec.Encode(PressPlant.Batch(n % PressPlant.Machines, n, rows).Columns)),
            ];
            var group = Math.Max(1, (int)Math.Round(load.GroupSize));
            var raw = server is null
                ? RawEngine.Sqlite(Path.Combine(folder, "raw.db"), payloads, group, Time / 2)
                : RawEngine.Postgres(await server.CreateAsync($"raw_{rows}"), payloads, group, Time / 2);
            return Rows(engine, load, raw, rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<Row> Rows(string engine, Load load, RawEngine.Result raw, int rows)
    {
        var samples = 4 * rows;
        var against = $"{engine} alone, groups of {load.GroupSize:0}";
        List<Row> table = rows == 1
            ?
            [
                new($"Durable MQTT messages of {samples} samples, {engine}", load.PerSecond, "messages / s", against, raw.PerSecond, "≥ 5,000, stretch 20,000"),
                new("  by the processor time of silo and database", load.PerCpuSecond, "messages / CPU-s", against, raw.PerCpuSecond),
            ]
            :
            [
                new($"Durable MQTT samples in messages of {samples}, {engine}", load.PerSecond * samples, "samples / s", against, raw.PerSecond * samples, "≥ 200,000"),
                new("  by the processor time of silo and database", load.PerCpuSecond * samples, "samples / CPU-s", against, raw.PerCpuSecond * samples),
            ];
        table.Add(new("  processor time of the sender, a share of silo and database", load.SenderShare, "1"));
        foreach (var (paced, what) in new[] { (load.AtGoal, "the goal"), (load.AtMost, "the rate reached") })
        {
            table.Add(new($"  acknowledgement at {LoadShare:0 %} of {what}, {paced.PerSecond:#,##0} messages / s, median", paced.MedianMs, "ms"));
            table.Add(new("  the same, 99th percentile", paced.P99Ms, "ms", Goal: paced == load.AtGoal ? "≤ 50 ms" : ""));
        }

        return table;
    }

    private static async Task<Load> LoadAsync(SiloProcess silo, PostgresServer? server, int rows)
    {
        var perConnection = PressPlant.Machines / Connections;
        var publishers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => MqttPublisher.ConnectAsync(
            silo.MqttPort, $"bench-{n}", [.. Enumerable.Range(n * perConnection, perConnection).Select(machine => new PressMessages(machine, rows))])));
        long sent = await PublishAsync(publishers, WarmUp, null);
        var (count, sum) = await GroupsAsync(silo);
        var (own, cpu) = (CpuTime.SecondsOf(Environment.ProcessId), Cpu());
        var started = Stopwatch.GetTimestamp();
        var full = await PublishAsync(publishers, Time, null);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        cpu = Cpu() - cpu;
        own = CpuTime.SecondsOf(Environment.ProcessId) - own - cpu; // Silo and database are below this process.
        var (count2, sum2) = await GroupsAsync(silo);

        var atGoal = await PacedAsync(publishers, LoadShare * (rows == 1 ? MessagesGoal : SamplesGoal / publishers[0].Samples));
        var atMost = await PacedAsync(publishers, LoadShare * full / seconds);
        sent += full + atGoal.Sent + atMost.Sent;
        foreach (var publisher in publishers)
        {
            publisher.Dispose();
        }

        // The exporter shows figures up to a moment old.
        double messages = 0, samples = 0;
        for (var tries = 0; tries < 20 && messages != sent; tries++)
        {
            await Task.Delay(200);
            messages = await silo.MetricAsync("itwin_ingest_messages_total", "itwin_outcome=\"accepted\"");
            samples = await silo.MetricAsync("itwin_ingest_samples_total", "itwin_outcome=\"accepted\"");
        }

        return messages == sent && samples == sent * publishers[0].Samples
            ? new Load(full / seconds, full / cpu, own / cpu, (sum2 - sum) / (count2 - count), atGoal, atMost)
            : throw new InvalidOperationException($"{sent} messages were acknowledged, {messages} accepted; of their {sent * publishers[0].Samples} samples {samples} were good.");

        double Cpu() => CpuTime.SecondsOf(silo.ProcessId) + (server is null ? 0 : CpuTime.SecondsOf(server.ProcessId));
    }

    private static async Task<Paced> PacedAsync(MqttPublisher[] publishers, double rateHz)
    {
        foreach (var publisher in publishers)
        {
            publisher.Forget();
        }

        var started = Stopwatch.GetTimestamp();
        var sent = await PublishAsync(publishers, Time, rateHz / publishers.Length);
        var perSecond = sent / Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] latencies = [.. publishers.SelectMany(publisher => publisher.LatenciesMs).Order()];
        return new Paced(sent, perSecond, Measure.Percentile(latencies, 0.5), Measure.Percentile(latencies, 0.99));
    }

    private static async Task<int> PublishAsync(MqttPublisher[] publishers, TimeSpan time, double? rateHz)
    {
        var until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        return (await Task.WhenAll(publishers.Select(publisher => Task.Run(() => publisher.RunAsync(until, rateHz))))).Sum();
    }

    private static async Task<(double Count, double Sum)> GroupsAsync(SiloProcess silo)
    {
        await Task.Delay(500); // Longer than the exporter keeps a page.
        return (await silo.MetricAsync("itwin_log_group_size_count"), await silo.MetricAsync("itwin_log_group_size_sum"));
    }

    private sealed record Load(double PerSecond, double PerCpuSecond, double SenderShare, double GroupSize, Paced AtGoal, Paced AtMost);

    private sealed record Paced(int Sent, double PerSecond, double MedianMs, double P99Ms);
}
