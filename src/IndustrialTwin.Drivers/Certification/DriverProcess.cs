using System.ComponentModel;
using System.Diagnostics;
using IndustrialTwin.Drivers;

namespace IndustrialTwin.Certification;

/// <summary>A driver that is started, killed and started again by whoever certifies or tests it.</summary>
/// <param name="command">The program and its arguments.</param>
/// <param name="socket">Where it listens once it has started.</param>
public sealed class DriverProcess(IReadOnlyList<string> command, SocketOptions socket) : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private Process? _process;

    /// <summary>Number of the process that was started last.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The driver has not been started.");

    /// <summary>Starts it and waits until it describes itself.</summary>
    /// <exception cref="DriverException">It does not start, ends, or does not answer within 30 s.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await KillAsync().ConfigureAwait(false);
        try
        {
            _process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)));
        }
        catch (Win32Exception error)
        {
            throw new DriverException($"The driver '{command[0]}' cannot be started: {error.Message}", error);
        }

        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                using var connection = new DriverConnection(socket);
                await Task.Run(connection.Describe, cancellationToken).ConfigureAwait(false);
                if (connection.ProcessId is null || connection.ProcessId == _process!.Id)
                    return;
            }
            catch (DriverException) when (_process is { HasExited: false } && Stopwatch.GetElapsedTime(start) < StartMax)
            {
                // Not up yet.
            }

            if (_process is { HasExited: true })
                throw new DriverException($"The driver '{command[0]}' ended with exit code {_process.ExitCode} before it listened.");
        }
    }

    /// <summary>SIGKILL, and everything that it has started: nothing is told, nothing is tidied.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync().ConfigureAwait(false);
}
