using System.Diagnostics;
using System.Net;

namespace IndustrialTwin.Chaos;

/// <summary>A real silo on a host.</summary>
internal sealed class Silo(Host host, string program, string folder, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private const int GatewayPort = 30000;
    private const int HttpPort = 8080;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, string> _settings = new(settings);
    private HostProcess? _process;

    public Host Host => host;

    public string Name => host.Name;

    public Uri Http { get; } = new($"http://{host.Address}:{HttpPort}");

    /// <summary>The program's file; another one may be put in its place between two starts.</summary>
    public string Program { get; set; } = program;

    /// <summary>A program, with its arguments, that the silo is started by.</summary>
    public string[] Wrapper { get; init; } = [];

    public bool IsPaused { get; private set; }

    public bool IsRunning => _process is { HasExited: false };

    public int ProcessId => _process!.Id;

    public string Output => _process?.Output ?? string.Empty;

    /// <summary>Sets something that counts from the next start on.</summary>
    public void Set(string key, string? value)
    {
        if (value is null)
        {
            _settings.Remove(key);
        }
        else
        {
            _settings[key] = value;
        }
    }

    /// <summary>Starts the process; it is not ready yet.</summary>
    public void Launch()
    {
        Directory.CreateDirectory(folder);
        var environment = new Dictionary<string, string>
        {
            ["Urls"] = Http.ToString(),
            ["Security__AllowPlaintext"] = "true", // The namespace is the network; what encryption and sign-in hold off is a game day's matter.
            ["Security__AllowAnonymous"] = "true",
            ["AllowedHosts"] = "*",
            ["Node__Node"] = Name,
            ["Cluster__Address"] = host.Address.ToString(),
            ["Cluster__SiloPort"] = "11111",
            ["Cluster__GatewayPort"] = $"{GatewayPort}",
            ["Demonstration__Enabled"] = "false",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        foreach (var (key, value) in _settings)
        {
            environment[key] = value;
        }

        string[] line = [.. Wrapper, "dotnet", Program];
        _process = host.Start(line[0], line[1..], environment, folder);
    }

    /// <summary>Waits until the silo says that it is ready.</summary>
    public async Task ReadyAsync(TimeSpan timeout)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var started = Stopwatch.StartNew(); ;)
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

            if (!IsRunning || started.Elapsed > timeout)
            {
                throw new InvalidOperationException($"{Name} did not become ready within {timeout.TotalSeconds:0} s.\n{Output}");
            }

            await Task.Delay(Look);
        }
    }

    public async Task StartAsync(TimeSpan timeout)
    {
        Launch();
        await ReadyAsync(timeout);
    }

    public async Task KillAsync()
    {
        IsPaused = false;
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    public async Task<int> StopAsync() => await _process!.TerminateAsync();

    public void Pause()
    {
        IsPaused = true;
        _process!.Pause();
    }

    public void Resume()
    {
        IsPaused = false;
        _process!.Resume();
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
