using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    }

    public string Folder { get; }

    public int MqttPort { get; }

    public int HttpPort { get; }

    public int GatewayPort => _gatewayPort;

    public int SiloPort => _siloPort;

    public Uri Http => new($"http://127.0.0.1:{HttpPort}");

    public string Output => string.Join('\n', _output);

    /// <summary>Starts the silo and returns when it says that it is ready.</summary>
    public async Task StartAsync()
    {
        Launch();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
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

    /// <summary>An Orleans client of the silo.</summary>
    public async Task<(IHost Host, IClusterClient Client)> ConnectAsync()
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleansClient(client => client
                .UseLocalhostClustering(_gatewayPort, "industrialtwin", "industrialtwin")
                .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(60)))
            .Build();
        await host.StartAsync();
        return (host, host.Services.GetRequiredService<IClusterClient>());
    }

    /// <summary>A file that this build made in another project.</summary>
    public static string Built(string project, string file)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "global.json")))
        {
            root = root.Parent!;
        }

        return Path.Combine(root.FullName, project, "bin", configuration, "net10.0", file);
    }

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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
