using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace IndustrialTwin.Mqtt;

/// <summary>A mosquitto broker on a free loopback port, with a folder of its own that keeps its sessions over restarts.</summary>
public sealed class MosquittoServer : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"];

    private readonly string _program;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-mosquitto-");
    private Process? _process;

    private MosquittoServer(string program, string settings)
    {
        _program = program;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        // Started as root, mosquitto would otherwise become a user who cannot write its folder; started as another, `user` means nothing.
        File.WriteAllText(
            ConfigurationFile,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                listener {Port} 127.0.0.1
                allow_anonymous true
                persistence true
                persistence_location {_folder.FullName}/
                autosave_interval 1
                autosave_on_changes true
                max_inflight_messages 0
                max_queued_messages 100000
                log_type error
                user root
                {settings}

                """));
    }

    /// <summary>The port on 127.0.0.1, the same over restarts.</summary>
    public int Port { get; }

    private string ConfigurationFile => Path.Combine(_folder.FullName, "mosquitto.conf");

    /// <summary>Starts a broker, or skips the test where mosquitto is not installed.</summary>
    public static Task<MosquittoServer> StartOrSkipAsync() => StartOrSkipAsync(string.Empty);

    /// <summary>Starts a broker that speaks TLS and lets only holders of certificates in, or skips the test.</summary>
    /// <param name="folder">A folder with its <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c>.</param>
    public static Task<MosquittoServer> StartTlsOrSkipAsync(string folder) => StartOrSkipAsync(
        $"""
        cafile {folder}/ca.crt
        certfile {folder}/tls.crt
        keyfile {folder}/tls.key
        require_certificate true
        use_identity_as_username true
        """);

    private static async Task<MosquittoServer> StartOrSkipAsync(string settings)
    {
        var program = Array.Find(Places, File.Exists);
        if (program is null)
        {
            Assert.Skip("mosquitto is not installed (Debian: apt-get install mosquitto).");
        }

        var server = new MosquittoServer(program, settings);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts the broker again after <see cref="StopAsync"/>.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(_program, ["-c", ConfigurationFile]) { RedirectStandardError = true })!;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (attempt < 200 && !_process.HasExited)
            {
                await Task.Delay(25);
            }
            catch (SocketException fault)
            {
                throw new InvalidOperationException($"mosquitto did not start: {await _process.StandardError.ReadToEndAsync()}", fault);
            }
        }
    }

    /// <summary>Ends the broker as <c>kill -9</c> would; what it saved stays.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Ends the broker in good order, so that it saves its sessions.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            using (Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }
}
