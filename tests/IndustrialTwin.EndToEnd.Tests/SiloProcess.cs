using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using IndustrialTwin.Identities;
using IndustrialTwin.Quarantine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>A real silo in a process of its own, on free loopback ports, with its own folder.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private const int OutputLines = 60;

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Dictionary<string, string> _settings;
    private readonly int _siloPort = FreePort(), _gatewayPort = FreePort();
    private Process? _process;

    private readonly ITestOutputHelper _log;

    public SiloProcess(string folder, ITestOutputHelper log, params (string Key, string Value)[] settings)
    {
        (Folder, _log) = (folder, log);
        (MqttPort, HttpPort) = (FreePort(), FreePort());
        _settings = new()
        {
            ["Urls"] = $"http://127.0.0.1:{HttpPort}",
            ["Node__Node"] = "node-1",
            ["Storage__Path"] = Path.Combine(folder, "twin.db"),
            ["Cluster__SiloPort"] = $"{_siloPort}",
            ["Cluster__GatewayPort"] = $"{_gatewayPort}",
            ["Mqtt__Port"] = $"{MqttPort}",
            ["Demonstration__Enabled"] = "false",
        };
        foreach (var (key, value) in settings)
        {
            _settings[key] = value;
        }

        Http = new Uri(_settings["Urls"].Replace(":0", $":{HttpPort}", StringComparison.Ordinal));
        _settings["Urls"] = Http.AbsoluteUri;
    }

    public string Folder { get; }

    public int MqttPort { get; }

    public int HttpPort { get; }

    public int GatewayPort => _gatewayPort;

    public int SiloPort => _siloPort;

    public Uri Http { get; }

    /// <summary>Takes whatever certificate a silo shows: who it is, other tests ask.</summary>
    public static HttpClientHandler AnyCertificate() => new() { UseCookies = false, ServerCertificateCustomValidationCallback = (_, _, _, _) => true };

    public string Output => string.Join('\n', _output);

    /// <summary>Starts the silo and returns when it says that it is ready.</summary>
    public async Task StartAsync()
    {
        Launch();
        using var http = new HttpClient(AnyCertificate()) { Timeout = TimeSpan.FromSeconds(2) };
        var started = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if ((await http.GetAsync(new Uri(Http, "/health/ready"))).StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
            {
            }

            if (_process.HasExited || started.Elapsed > StartTimeout)
            {
                throw new InvalidOperationException($"The silo did not become ready.\n{Output}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>SIGKILL: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an orchestrator sends it: answers the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await _process.WaitForExitAsync().WaitAsync(StartTimeout);
        }

        return _process.ExitCode;
    }

    /// <summary>Starts the silo where it is not expected to become ready, and answers its exit code.</summary>
    public async Task<int> RunAsync()
    {
        Launch();
        await _process.WaitForExitAsync().WaitAsync(StartTimeout);
        return _process.ExitCode;
    }

    /// <summary>An administrator's access key, made by the silo's own program on its database.</summary>
    public async Task<string> KeyAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Built("silo/IndustrialTwin.Silo", "IndustrialTwin.Silo.dll"), "key"]) { WorkingDirectory = Folder, RedirectStandardOutput = true };
        start.Environment["Storage__Path"] = _settings["Storage__Path"];
        using var process = Process.Start(start)!;
        var lines = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return lines.Split('\n')[0].Trim();
    }

    /// <summary>Runs <c>itwin</c> against the silo, with an access key or none; answers its exit code and all that it wrote.</summary>
    public async Task<(int Code, string Output)> ItwinAsync(string? key, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Built("src/IndustrialTwin.Cli", "itwin.dll"), .. arguments, "--gateway", $"127.0.0.1:{_gatewayPort}"])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ITWIN_KEY"] = key ?? string.Empty;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }

    /// <summary>An Orleans client of the silo; <paramref name="lost"/> hears when its connection has ended.</summary>
    public async Task<(IHost Host, IClusterClient Client)> ConnectAsync(string key = "", Action? lost = null)
    {
        IHost? host = null;
        host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleansClient(client => client
                .AddOutgoingGrainCallFilter(new ClientSignIn(key, () => host!.Services.GetRequiredService<IClusterClient>()))
                .AddClusterConnectionLostHandler((_, _) => lost?.Invoke())
                .UseLocalhostClustering(_gatewayPort, "industrialtwin", "industrialtwin")
                .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(60)))
            .Build();
        await host.StartAsync();
        return (host, host.Services.GetRequiredService<IClusterClient>());
    }

    /// <summary>The quarantine table, oldest first, as it lies in the file.</summary>
    public async Task<List<QuarantineRecord>> QuarantineAsync()
    {
        var records = new List<QuarantineRecord>();
        await using var connection = await OpenAsync();
        await using var command = new SqliteCommand("SELECT received_us, machine, topic, reason, detail, payload, samples, payload_bytes FROM quarantine ORDER BY position", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            records.Add(new QuarantineRecord(
                reader.GetInt64(0), reader[1] as string, reader[2] as string, (QuarantineReason)reader.GetInt32(3), reader.GetString(4), (byte[])reader[5],
                reader.GetInt32(6), reader.GetInt32(7)));
        }

        return records;
    }

    /// <summary>A number out of the log's file.</summary>
    public async Task<long> CountAsync(string query)
    {
        await using var connection = await OpenAsync();
#pragma warning disable CA2100 // The test's own.
        await using var command = new SqliteCommand(query, connection);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A metric's values by one of its labels, as Prometheus would scrape them.</summary>
    public async Task<Dictionary<string, long>> MetricsAsync(string name, string label)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(Http, "/metrics"));
        return text.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal)).ToDictionary(
            line => line.Split($"{label}=\"")[1].Split('"')[0],
            line => (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>The checkout's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file that this build made in another project.</summary>
    public static string Built(string project, string file) =>
        Path.Combine(Root, project, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", file);

    public async ValueTask DisposeAsync()
    {
        _log.WriteLine("The silo's last lines:\n" + string.Join('\n', _output.TakeLast(OutputLines)));

        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    [MemberNotNull(nameof(_process))]
    private void Launch()
    {
        var start = new ProcessStartInfo("dotnet", [Built("silo/IndustrialTwin.Silo", "IndustrialTwin.Silo.dll")])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in _settings)
        {
            start.Environment[key] = value;
        }

        _process?.Dispose();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "global.json")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds global.json.");
        }

        return folder.FullName;
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "twin.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
