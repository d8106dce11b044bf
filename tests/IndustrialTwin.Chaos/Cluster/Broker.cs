using System.Net.Sockets;

namespace IndustrialTwin.Chaos;

/// <summary>A mosquitto broker on a host of its own, with a folder that keeps its sessions over restarts.</summary>
internal sealed class Broker(Host host, string folder) : IAsyncDisposable
{
    public const int Port = 1883;
    private static readonly string[] Places = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"];

    private HostProcess? _process;

    public Host Host => host;

    /// <summary>The program, or null where it is not installed.</summary>
    public static string? Program { get; } = Array.Find(Places, File.Exists);

    public async Task StartAsync()
    {
        Directory.CreateDirectory(folder);
        var configuration = Path.Combine(folder, "mosquitto.conf");

        // Started as root, mosquitto would otherwise become a user who cannot write its folder; started as another, `user` means nothing.
        await File.WriteAllTextAsync(
            configuration,
            $"""
            listener {Port} {host.Address}
            allow_anonymous true
            persistence true
            persistence_location {folder}/
            autosave_interval 1
            autosave_on_changes true
            max_inflight_messages 0
            max_queued_messages 1000000
            log_type error
            user root

            """);
        _process = host.Start(Program!, ["-c", configuration], new Dictionary<string, string>(), folder);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(host.Address, Port).WaitAsync(TimeSpan.FromSeconds(2));
                return;
            }
            catch (Exception fault) when (fault is SocketException or TimeoutException && attempt < 200 && !_process.HasExited)
            {
                await Task.Delay(25);
            }
            catch (Exception fault) when (fault is SocketException or TimeoutException)
            {
                throw new InvalidOperationException($"mosquitto did not start: {_process.Output}", fault);
            }
        }
    }

    /// <summary>Ends the broker in good order, so that it saves its sessions.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.TerminateAsync();
            await process.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await process.DisposeAsync();
        }
    }
}
