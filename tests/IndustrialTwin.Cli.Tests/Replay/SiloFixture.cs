using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IndustrialTwin.Replay;
using Xunit;

[assembly: AssemblyFixture(typeof(SiloFixture))]

namespace IndustrialTwin.Replay;

/// <summary>One real silo in a process of its own for all tests that want one: free loopback ports, its own folder. It starts when first asked for.</summary>
public sealed class SiloFixture : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("itwin-cli-").FullName;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly int _siloPort = FreePort(), _gatewayPort = FreePort(), _mqttPort = FreePort(), _httpPort = FreePort();
    private readonly Lock _starting = new();
    private Task? _started;
    private Process? _process;

    public string[] Gateway => ["--gateway", $"127.0.0.1:{_gatewayPort}"];

    public string[] Mqtt => ["--mqtt", $"127.0.0.1:{_mqttPort}"];

    public Task StartAsync()
    {
        lock (_starting)
        {
            return _started ??= LaunchAsync();
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task LaunchAsync()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var silo = Path.Combine(DataSets.Repository(), "silo/IndustrialTwin.Silo/bin", configuration, "net10.0/IndustrialTwin.Silo.dll");
        var start = new ProcessStartInfo("dotnet", [silo])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Urls"] = $"http://127.0.0.1:{_httpPort}",
                ["Node__Node"] = "node-1",
                ["Storage__Path"] = Path.Combine(_folder, "twin.db"),
                ["Cluster__SiloPort"] = $"{_siloPort}",
                ["Cluster__GatewayPort"] = $"{_gatewayPort}",
                ["Mqtt__Port"] = $"{_mqttPort}",
                ["Demonstration__Enabled"] = "false",
            },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? string.Empty);
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? string.Empty);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            try
            {
                if ((await http.GetAsync(new Uri($"http://127.0.0.1:{_httpPort}/health/ready"))).StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
            {
                // Not up yet.
            }

            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > StartTimeout)
            {
                throw new InvalidOperationException($"The silo did not become ready.\n{string.Join('\n', _output)}");
            }
        }
    }
}
