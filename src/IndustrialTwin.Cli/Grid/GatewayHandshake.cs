using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using IndustrialTwin.Certificates;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Grid;

/// <summary>
/// A handshake beside that of the cluster client, which goes on trying without a word where it is refused. A silo ends the
/// connection of a client that it does not take, and keeps the one of a client that it does.
/// </summary>
internal sealed class GatewayHandshake : IAsyncDisposable
{
    private readonly Endpoint _gateway;
    private readonly string _subject;
    private readonly SslStream _stream;

    private GatewayHandshake(Endpoint gateway, string subject, SslStream stream)
    {
        (_gateway, _subject, _stream) = (gateway, subject, stream);
        Refused = EndAsync();
    }

    /// <summary>Ends where the silo does not take the client, with why.</summary>
    public Task<CommandFault> Refused { get; }

    /// <summary>Shakes hands.</summary>
    /// <exception cref="CommandFault">The silo does not speak TLS, or is not to be trusted.</exception>
    public static async Task<GatewayHandshake> OpenAsync(
        Endpoint gateway, CertificateStore certificates, string clusterId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        string? fault = null;
        var subject = certificates.Current.Certificate.Subject;
        SslStream? stream = null;
        try
        {
            var connection = new TcpClient();
            await connection.ConnectAsync(gateway.Host, gateway.Port, limit.Token);
            stream = new SslStream(connection.GetStream());
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = CertificateNames.Silo(clusterId),
                    ClientCertificateContext = certificates.Current.Context,
                    CertificateChainPolicy = certificates.Policy,
                    EnabledSslProtocols = ConnectionSecurity.Protocols,
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                        (fault = CertificateNames.Fault(certificate, chain, errors, CertificateNames.Silo(clusterId))) is null,
                },
                limit.Token);
            return new GatewayHandshake(gateway, subject, stream);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw fault is null
                ? Refusal(gateway, subject, error)
                : new CommandFault($"The silo at {gateway} is not trusted: {fault}. Check --certificates and --cluster-id.", ExitCode.Unreachable, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await Refused;
    }

    private async Task<CommandFault> EndAsync()
    {
        try
        {
            await _stream.ReadExactlyAsync(new byte[1]);
            return Refusal(_gateway, _subject, null);
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            return Refusal(_gateway, _subject, end);
        }
    }

    private static CommandFault Refusal(Endpoint gateway, string subject, Exception? error) => new(
        $"The silo at {gateway} does not let this client in over TLS: its Cluster:Tls is off, or it does not take the certificate '{subject}'. The silo's log says why.",
        ExitCode.Unreachable,
        error);
}
