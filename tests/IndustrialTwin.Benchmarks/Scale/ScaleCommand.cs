using System.Diagnostics;
using System.Globalization;
using IndustrialTwin.Bench;
using IndustrialTwin.Benchmarks.Ingest;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Benchmarks.Scale;

/// <summary>
/// Many active twins on this machine's processors: the real silo in a process of its own, with fsync on, takes MQTT messages of quality
/// of service 1 at a fixed rate that goes round over all twins. A message is due at its time, however late it can be sent, and its
/// latency counts from then to its acknowledgement.
/// </summary>
internal static class ScaleCommand
{
    private const int Connections = 16;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15), WarmUp = TimeSpan.FromSeconds(10), DeclaringMax = TimeSpan.FromMinutes(20);

    public static async Task<int> RunAsync(string[] args)
    {
        ScaleArguments asked;
        try
        {
            asked = new ScaleArguments(100_000, 50_000, TimeSpan.FromMinutes(1), 10, Postgres: false).With(args);
        }
        catch (FormatException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("itwin-scale-").FullName;
        var server = asked.Postgres ? await PostgresServer.StartAsync() : null;
        try
        {
            await MeasureAsync(asked, folder, server);
            return 0;
        }
        finally
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(ScaleArguments asked, string folder, PostgresServer? server)
    {
        var table = new FigureTable($"scale: {asked.Twins:#,0} twins, {Environment.ProcessorCount} processors for silo, {(server is null ? "" : "database and ")}sender");
        var database = server is null ? null : await server.CreateAsync("twins");
        double empty, emptyHeap;
        await using (var idle = await SiloProcess.StartAsync(folder, ScalePlant.PlantFile(1), database))
        {
            await Task.Delay(Quiet);
            (empty, emptyHeap) = (ProcessMemory.Of(idle.ProcessId).Private, await HeapAsync(idle));
        }

        var started = Stopwatch.GetTimestamp();
        await using var silo = await SiloProcess.StartAsync(folder, ScalePlant.PlantFile(asked.Twins), database);
        for (var twins = 0.0; twins < asked.Twins; twins = await TwinsAsync(silo))
        {
            await Task.Delay(1_000);
            if (Stopwatch.GetElapsedTime(started) > DeclaringMax)
            {
                throw new TimeoutException($"{twins} of {asked.Twins} twins are declared after {DeclaringMax}.\n{string.Join('\n', silo.Output)}");
            }

            await Console.Error.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\r{twins:#,0} twins after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s   "));
        }

        await Console.Error.WriteLineAsync();
        var declared = Stopwatch.GetElapsedTime(started).TotalSeconds;
        table.Add("twins declared and awake after", declared, "s");
        table.Add("  which are", asked.Twins / declared, "twins / s");
        await Task.Delay(Quiet);
        Memory("at rest", ProcessMemory.Of(silo.ProcessId), await HeapAsync(silo));

        var publishers = await ScalePlant.ConnectAsync([silo], asked, Connections, allowsRefusals: false);
        var rateHz = asked.RateHz / publishers[0].Samples / Connections;
        await PublishAsync(publishers, WarmUp, rateHz);
        Array.ForEach(publishers, publisher => publisher.Forget());
        var bytes = await LogBytesAsync();
        var cpu = CpuTime.SecondsOf(silo.ProcessId);
        var begun = Stopwatch.GetTimestamp();
        var sent = await PublishAsync(publishers, asked.Time, rateHz);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        cpu = CpuTime.SecondsOf(silo.ProcessId) - cpu;
        double[] latencies = [.. publishers.SelectMany(publisher => publisher.LatenciesMs).Order()];
        var samples = (double)sent * publishers[0].Samples;
        table.Add("samples acknowledged", samples / seconds, "samples / s", asked.RateHz);
        table.Add("  in messages", sent / seconds, "messages / s");
        table.Add("observe to acknowledgement, median", Measure.Percentile(latencies, 0.5), "ms");
        table.Add("  99th percentile", Measure.Percentile(latencies, 0.99), "ms", 20);
        table.Add("  worst", latencies[^1], "ms");
        table.Add("processors that the silo used", cpu / seconds, "1");
        table.Add("the log grew by", (await LogBytesAsync() - bytes) / samples, "bytes / sample");
        Memory("under load", ProcessMemory.Of(silo.ProcessId), await HeapAsync(silo));
        table.Add("twins awake at the end", await TwinsAsync(silo), "twins", asked.Twins);
        table.Print($"Settings of the silo's garbage collector: {GcSettings(await File.ReadAllTextAsync(SiloProcess.RuntimeConfig))}");
        Array.ForEach(publishers, publisher => publisher.Dispose());

        void Memory(string when, ProcessMemory memory, double heap)
        {
            table.Add($"memory {when}, private", memory.Private / 1048576.0, "MiB");
            table.Add("  a twin, less a silo of one twin", (memory.Private - empty) / asked.Twins / 1024, "KiB / twin");
            table.Add("  managed heap, a twin", (heap - emptyHeap) / asked.Twins / 1024, "KiB / twin");
        }

        async Task<double> LogBytesAsync() => server is null ? SqliteBytes(Path.Combine(folder, "twin.db")) : await server.BytesOfAsync("twins");
    }

    /// <summary>Machine twins that are awake: all grains, less those that are no machines.</summary>
    public static async Task<double> TwinsAsync(SiloProcess silo) => await silo.MetricAsync("orleans_grains", "itwin.machine");

    public static async Task<int> PublishAsync(MqttPublisher[] publishers, TimeSpan time, double rateHz)
    {
        var until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        return (await Task.WhenAll(publishers.Select(publisher => Task.Run(() => publisher.RunAsync(until, rateHz))))).Sum();
    }

    private static async Task<double> HeapAsync(SiloProcess silo) => await silo.MetricAsync("dotnet_gc_last_collection_heap_size_bytes");

    /// <summary>The file as large as what was committed makes it: what still stands in the write-ahead log is brought into it first.</summary>
    private static double SqliteBytes(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        command.ExecuteNonQuery();
        return new FileInfo(path).Length;
    }

    private static string GcSettings(string runtimeConfig)
    {
        using var document = System.Text.Json.JsonDocument.Parse(runtimeConfig);
        return string.Join(", ", document.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").EnumerateObject()
            .Where(property => property.Name.StartsWith("System.GC.", StringComparison.Ordinal))
            .Select(property => $"{property.Name} = {property.Value}"));
    }
}
