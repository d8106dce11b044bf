using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace IndustrialTwin.Mqtt;

/// <summary>Listens for MQTT clients over TCP, with TLS where the options say so, at most so many at a time and none with a packet over the limit.</summary>
internal sealed partial class EmbeddedListener(MqttOptions options, CertificateStore? certificates, ILogger logger) : IMqttServerAdapter
{
    private const int Backlog = 128;

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<EndPoint, BufferedChannel> _channels = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _open;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    internal IPEndPoint? LocalEndPoint { get; private set; }

    /// <summary>The channel of a connected client, or null.</summary>
    internal BufferedChannel? ChannelOf(EndPoint remote) => _channels.GetValueOrDefault(remote);

    public Task StartAsync(MqttServerOptions serverOptions, IMqttNetLogger netLogger)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(options.Host), options.Port);
        var listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endpoint);
            listener.Listen(Backlog);
        }
        catch (SocketException fault)
        {
            listener.Dispose();
            throw new InvalidOperationException(
                $"The MQTT broker cannot listen on {endpoint}: {fault.Message}. Set {MqttOptions.Section}:{nameof(MqttOptions.Host)} and "
                + $"{MqttOptions.Section}:{nameof(MqttOptions.Port)}, or {MqttOptions.Section}:{nameof(MqttOptions.Mode)} to External.",
                fault);
        }

        _listener = listener;
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _accepting = Task.Run(() => AcceptAsync(listener, serverOptions, netLogger));
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener, MqttServerOptions serverOptions, IMqttNetLogger netLogger)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                if (Interlocked.Increment(ref _open) > options.ConnectionsMax)
                {
                    Interlocked.Decrement(ref _open);
                    LogFull(options.ConnectionsMax, socket.RemoteEndPoint);
                    socket.Dispose();
                    continue;
                }

                _ = Task.Run(() => ServeAsync(socket, serverOptions, netLogger), CancellationToken.None);
            }
            catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException fault)
            {
                // Out of file handles, for instance: the listener stays, and the next client may have more luck.
                LogAcceptFailed(fault);
                await Task.Delay(TimeSpan.FromMilliseconds(200)).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket, MqttServerOptions serverOptions, IMqttNetLogger netLogger)
    {
        EndPoint? remote = null;
        try
        {
            socket.NoDelay = true;
            remote = socket.RemoteEndPoint;
            var plain = new NetworkStream(socket, ownsSocket: true);
            var above = new X509Certificate2Collection();
            await using Stream? stream = options.Tls ? await EncryptAsync(plain, remote, above).ConfigureAwait(false) : plain;
            if (stream is null)
            {
                return;
            }

            using var channel = new MqttTcpChannel(stream, socket.LocalEndPoint, remote, (stream as SslStream)?.RemoteCertificate as X509Certificate2);
            using var buffered = new BufferedChannel(channel, above);
            using var guard = new PacketSizeGuard(buffered, options.PacketBytesMax);
            _channels[remote!] = buffered;
            var writer = new MqttBufferWriter(serverOptions.WriterBufferSize, serverOptions.WriterBufferSizeMax);
            using var adapter = new MqttChannelAdapter(guard, new MqttPacketFormatterAdapter(writer), netLogger);
            if (ClientHandler is { } handler)
            {
                await handler(adapter).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // One client's end, however it comes, is no matter of the others.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogClientFailed(fault);
        }
        finally
        {
            if (remote is not null)
            {
                _channels.TryRemove(remote, out _);
            }

            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>The handshake; null where it came to nothing, which is told.</summary>
    private async Task<SslStream?> EncryptAsync(NetworkStream plain, EndPoint? remote, X509Certificate2Collection above)
    {
        var stream = new SslStream(plain);
        string? fault = null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            limit.CancelAfter(ConnectionSecurity.HandshakeTimeout);
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificates!.Current.Context,
                    EnabledSslProtocols = ConnectionSecurity.Protocols,
                    AllowRenegotiation = false,
                    AllowTlsResume = false, // Each connection proves anew who it is, to the authorities of today.
                    ClientCertificateRequired = true,
                    CertificateChainPolicy = certificates.Policy,
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        foreach (var element in chain?.ChainElements.Skip(1) ?? [])
                        {
                            above.Add(X509CertificateLoader.LoadCertificate(element.Certificate.RawDataMemory.Span)); // The chain's own ends with the handshake.
                        }

                        return (certificate is null && !options.RequireCertificate) || (fault = CertificateNames.Fault(certificate, chain, errors)) is null;
                    },
                },
                limit.Token).ConfigureAwait(false);
            return stream;
        }
        catch (Exception error) when (error is AuthenticationException or IOException or OperationCanceledException or Win32Exception)
        {
            if (!_stopping.IsCancellationRequested)
            {
                certificates!.Refusals.Add("MQTT", remote, fault ?? $"the TLS handshake failed ({error.Message.TrimEnd('.')})");
            }

            await stream.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The MQTT broker has its {ConnectionsMax} connections; turned {Remote} away")]
    private partial void LogFull(int connectionsMax, EndPoint? remote);

    [LoggerMessage(2, LogLevel.Warning, "The MQTT broker could not accept a connection")]
    private partial void LogAcceptFailed(Exception fault);

    [LoggerMessage(3, LogLevel.Debug, "An MQTT connection ended with an error")]
    private partial void LogClientFailed(Exception fault);
}
