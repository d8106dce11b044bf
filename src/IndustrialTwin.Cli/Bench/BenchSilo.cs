using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using IndustrialTwin.Accelerators;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Bench;

/// <summary>A silo in a process of its own, on free loopback ports, with a folder that goes with it.</summary>
internal sealed class BenchSilo : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-bench-");
    private readonly Process _process;
    private readonly Queue<string> _lines = new();

    private BenchSilo(string silo, params (string Key, string Value)[] settings)
    {
        var (http, cluster) = (FreePort(), FreePort());
        (Mqtt, Gateway) = (new Endpoint("127.0.0.1", FreePort()), new Endpoint("127.0.0.1", FreePort()));
        Http = new Uri($"http://127.0.0.1:{http}");
        var start = new ProcessStartInfo("dotnet", [silo]) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        (string Key, string Value)[] all =
        [
            ("Urls", Http.ToString()),
            ("Storage__Path", Path.Combine(_folder.FullName, "bench.db")),
            ("Cluster__SiloPort", $"{cluster}"),
            ("Cluster__GatewayPort", $"{Gateway.Port}"),
            ("Mqtt__Port", $"{Mqtt.Port}"),
            ("Mqtt__TraceRatio", "0"),
            ("Demonstration__Enabled", "false"),
            .. settings,
        ];
        foreach (var (key, value) in all)
        {
            start.Environment[key] = value;
        }

        _process = Process.Start(start) ?? throw new CommandFault("The silo's process did not start.", ExitCode.Unreachable);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its gateway.</summary>
    public Endpoint Gateway { get; }

    /// <summary>Its broker.</summary>
    public Endpoint Mqtt { get; }

    /// <summary>Its HTTP address.</summary>
    public Uri Http { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The silo's program: the one that is named, or the one of this checkout, built as this program was.</summary>
    /// <exception cref="CommandFault">There is none.</exception>
    public static string Find(string? named)
    {
        if (named is not null)
        {
            return File.Exists(named) ? Path.GetFullPath(named) : throw new CommandFault($"--silo is '{named}', which is no file; expected an IndustrialTwin.Silo.dll.", ExitCode.Refused);
        }

        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? "Release";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "silo", "IndustrialTwin.Silo", "bin", configuration, "net10.0", "IndustrialTwin.Silo.dll");
            if (File.Exists(built))
            {
                return built;
            }
        }

        throw new CommandFault(
            $"No built silo was found. Build one with 'dotnet build -c {configuration} silo/IndustrialTwin.Silo', or name one with --silo.", ExitCode.Refused);
    }

    /// <summary>Starts a silo and waits until it is ready.</summary>
    public static async Task<BenchSilo> StartAsync(string silo, CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        var started = new BenchSilo(silo, settings);
        try
        {
            await started.ReadyAsync(cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects to it as a client.</summary>
    public Task<GridConnection> ConnectAsync(CancellationToken cancellationToken) =>
        GridConnection.OpenAsync(Gateway, "industrialtwin", "industrialtwin", TimeSpan.FromSeconds(60), cancellationToken);

    /// <summary>The sum of a metric over its labels, as the silo counts it.</summary>
    /// <param name="name">What its name in the exposition begins with.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<double> MetricAsync(string name, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Http };
        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
        return metrics.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>The first accelerator that it tells of.</summary>
    /// <exception cref="CommandFault">It tells of none.</exception>
    public async Task<IAcceleratorGrain> AcceleratorAsync(GridConnection grid, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var known = await grid.CallAsync(grid.Grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot(), "The enterprise", cancellationToken);
            if (known.Accelerators.Length > 0)
            {
                return grid.Grains.GetGrain<IAcceleratorGrain>(known.Accelerators[0].Value);
            }

            await Task.Delay(100, cancellationToken);
        }

        throw new CommandFault($"The silo at {Gateway} has told of no accelerator.", ExitCode.Unreachable);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Http, Timeout = TimeSpan.FromSeconds(2) };
        for (var started = Stopwatch.StartNew(); ; await Task.Delay(100, cancellationToken))
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not yet.
            }

            if (_process.HasExited || started.Elapsed > StartTimeout)
            {
                throw new CommandFault($"The silo did not become ready:\n{Said()}", ExitCode.Unreachable);
            }
        }
    }

    private void Keep(string? line)
    {
        const int LinesMax = 50;
        lock (_lines)
        {
            if (line is not null)
            {
                _lines.Enqueue(line);
            }

            while (_lines.Count > LinesMax)
            {
                _lines.Dequeue();
            }
        }
    }

    private string Said()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
