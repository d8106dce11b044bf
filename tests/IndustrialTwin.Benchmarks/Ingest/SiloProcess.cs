using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace IndustrialTwin.Benchmarks.Ingest;

/// <summary>The real silo in a process of its own, with its options as they come but for ports, folder, database and plant.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Process _process;

    private SiloProcess(Process process, int httpPort, int mqttPort)
    {
        (_process, MqttPort) = (process, mqttPort);
        _http.BaseAddress = new Uri($"http://127.0.0.1:{httpPort}");
    }

    public int MqttPort { get; }

    /// <summary>The newest lines that it wrote.</summary>
    public IEnumerable<string> Output => _output.TakeLast(20);

    /// <summary>All lines that it wrote.</summary>
    public IEnumerable<string> AllOutput => _output;

    public int ProcessId => _process.Id;

    /// <summary>The file with its runtime's settings.</summary>
    public static string RuntimeConfig => Built("silo/IndustrialTwin.Silo", "IndustrialTwin.Silo.runtimeconfig.json");

    /// <summary>Starts a silo and returns when it says that it is ready.</summary>
    /// <param name="folder">Where it keeps its files.</param>
    /// <param name="plantFile">The plant that it declares.</param>
    /// <param name="connectionString">A PostgreSQL database, or null for SQLite.</param>
    /// <param name="settings">Settings beside these, as environment variables, or instead of them.</param>
    public static async Task<SiloProcess> StartAsync(
        string folder, string plantFile, string? connectionString, IReadOnlyDictionary<string, string>? settings = null)
    {
        var plant = Path.Combine(folder, "plant.yaml");
        await File.WriteAllTextAsync(plant, plantFile);
        var (http, mqtt) = (PostgresServer.FreePort(), PostgresServer.FreePort());
        var start = new ProcessStartInfo("dotnet", [Built("silo/IndustrialTwin.Silo", "IndustrialTwin.Silo.dll")])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Urls"] = $"http://127.0.0.1:{http}",
            ["Node__Node"] = "bench-1",
            ["Storage__Engine"] = connectionString is null ? "Sqlite" : "Postgres",
            ["Storage__Path"] = Path.Combine(folder, "twin.db"),
            ["Storage__ConnectionString"] = connectionString ?? "",
            ["Cluster__SiloPort"] = $"{PostgresServer.FreePort()}",
            ["Cluster__GatewayPort"] = $"{PostgresServer.FreePort()}",
            ["Mqtt__Port"] = $"{mqtt}",
            ["Plant__File"] = plant,
            ["Demonstration__Enabled"] = "false",
        })
        {
            start.Environment[key] = value;
        }

        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start)!;
        var silo = new SiloProcess(process, http, mqtt);
        process.OutputDataReceived += (_, line) => silo._output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => silo._output.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await silo.ReadyAsync();
        return silo;
    }

    /// <summary>The sum of a metric over its labels, as the silo shows it, optionally only where the line holds a text.</summary>
    public async Task<double> MetricAsync(string name, string label = "")
    {
        var page = await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return page.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' ' && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
    }

    private static string Built(string project, string file)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "global.json")))
        {
            root = root.Parent!;
        }

        return Path.Combine(root.FullName, project, "bin", configuration, "net10.0", file);
    }

    private async Task ReadyAsync()
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if ((await _http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
            {
            }

            if (_process.HasExited || started.Elapsed > Patience)
            {
                throw new InvalidOperationException($"The silo did not become ready.\n{string.Join('\n', _output)}");
            }

            await Task.Delay(100);
        }
    }
}
