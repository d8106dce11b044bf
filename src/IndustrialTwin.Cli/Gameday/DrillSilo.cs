using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Gameday;

/// <summary>A real silo process on loopback ports that stay its own over restarts.</summary>
internal sealed class DrillSilo(string program, string folder, string[] wrapper) : IAsyncDisposable
{
    private const int LinesMax = 200;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly int _siloPort = FreePort();
    private Process? _process;

    public int HttpPort { get; } = FreePort();

    public Endpoint Gateway { get; } = new("127.0.0.1", FreePort());

    public Endpoint Mqtt { get; } = new("127.0.0.1", FreePort());

    /// <summary>Where silos call it.</summary>
    public Endpoint Silo => new("127.0.0.1", _siloPort);

    /// <summary>Settings, as environment variables.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public bool IsRunning => _process is { HasExited: false };

    public int ProcessId => _process!.Id;

    public long MemoryBytes
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What it wrote last.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    /// <param name="http">A client that trusts it.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="CommandFault">It did not become ready.</exception>
    public async Task StartAsync(HttpClient http, CancellationToken cancellationToken)
    {
        Launch();
        for (var began = Stopwatch.StartNew(); ; await Task.Delay(100, cancellationToken))
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(TimeSpan.FromSeconds(5));
                using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not yet.
            }

            if (!IsRunning || began.Elapsed > StartTimeout)
            {
                throw new CommandFault($"The silo did not become ready: {Said}", ExitCode.Unreachable);
            }
        }
    }

    /// <summary>Runs the silo's program with arguments to its end, with the same settings, and answers what it wrote.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Process.Start(Start(arguments))!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken).WaitAsync(StartTimeout, cancellationToken);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Ends it as a crash would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>A port that nobody has now.</summary>
    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private void Launch()
    {
        _process = Process.Start(Start([])) ?? throw new CommandFault("The silo's process did not start.", ExitCode.Unreachable);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private ProcessStartInfo Start(string[] arguments)
    {
        string[] line = [.. wrapper, "dotnet", program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Cluster__SiloPort"] = $"{_siloPort}";
        start.Environment["Cluster__GatewayPort"] = $"{Gateway.Port}";
        start.Environment["Mqtt__Port"] = $"{Mqtt.Port}";
        foreach (var (key, value) in Settings)
        {
            start.Environment[key] = value;
        }

        return start;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }

        while (_lines.Count > LinesMax)
        {
            _lines.TryDequeue(out _);
        }
    }
}
