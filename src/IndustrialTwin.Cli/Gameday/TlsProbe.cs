using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Gameday;

/// <summary>Shakes hands with a port. With TLS 1.3 a client's handshake ends before the server has judged it: who is refused sees the connection end.</summary>
internal static class TlsProbe
{
    /// <summary>How long a connection must last to count as let in.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(5);

    /// <summary>Whether a port lets one in who shows a certificate, or none.</summary>
    public static async Task<bool> IsLetInAsync(Endpoint port, IssuedCertificate? shown, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(port, shown, cancellationToken);
        if (stream is null)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Lasting);
        try
        {
            return await stream.ReadAsync(new byte[1], limit.Token) > 0;
        }
        catch (IOException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>A stream over TLS, or null where the handshake was refused.</summary>
    public static async Task<SslStream?> OpenAsync(Endpoint port, IssuedCertificate? shown, CancellationToken cancellationToken)
    {
        using var certificate = shown is null ? null : X509Certificate2.CreateFromPem(shown.CertificatePem, shown.KeyPem);
        var connection = new TcpClient();
        SslStream? stream = null;
        try
        {
            await connection.ConnectAsync(port.Host, port.Port, cancellationToken);
            stream = new SslStream(connection.GetStream());
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = ConnectionSecurity.Protocols,
#pragma warning disable CA5359 // It is an attacker's: whom it talks to is no matter.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            };
            if (certificate is not null)
            {
                options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
            }

            await stream.AuthenticateAsClientAsync(options, cancellationToken).WaitAsync(Installation.Patience, cancellationToken);
            return stream;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or SocketException or TimeoutException)
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            connection.Dispose();
            return null;
        }
    }
}
