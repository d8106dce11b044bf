using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using MQTTnet;
using MQTTnet.Formatter;

namespace IndustrialTwin.Mqtt;

/// <summary>What every client connection of the ingest has in common.</summary>
internal static class MqttConnections
{
    /// <summary>MQTT 5 to a broker elsewhere, with the user, the certificate and the encryption that the options tell.</summary>
    internal static MqttClientOptionsBuilder External(MqttOptions options, CertificateStore? certificates)
    {
        var builder = Plain(options, options.Host, options.Port);
        return !options.Tls ? builder : builder.WithTlsOptions(tls =>
        {
            tls.UseTls().WithSslProtocols(ConnectionSecurity.Protocols).WithRevocationMode(certificates?.Revocation ?? X509RevocationMode.NoCheck);
            if (certificates is not null)
            {
                tls.WithClientCertificates([certificates.Current.Certificate]);
            }

            if (options.TlsCaFile is { } file)
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(file);
                tls.WithTrustChain(authorities);
            }
            else if (certificates is not null)
            {
                tls.WithTrustChain(certificates.Current.Authorities);
            }
        });
    }

    /// <summary>MQTT 5 to the broker in this process. It is known by its certificate, whatever address it listens on.</summary>
    internal static MqttClientOptionsBuilder Embedded(MqttOptions options, string host, int port, CertificateStore? certificates)
    {
        var builder = Plain(options, host, port);
        return !options.Tls ? builder : builder.WithTlsOptions(tls =>
        {
            var own = (certificates ?? throw NoCertificates()).Current;
            tls.UseTls().WithSslProtocols(ConnectionSecurity.Protocols).WithRevocationMode(X509RevocationMode.NoCheck)
                .WithClientCertificates([own.Certificate])
                .WithCertificateValidationHandler(shown => shown.Certificate.GetRawCertData().AsSpan().SequenceEqual(own.Certificate.RawData));
        });
    }

    internal static CertificateException NoCertificates() => new(
        $"{MqttOptions.Section}:{nameof(MqttOptions.Tls)} is on, but {CertificateOptions.Section}:{nameof(CertificateOptions.Folder)} is not set; "
        + "expected a folder with tls.crt, tls.key and ca.crt.");

    private static MqttClientOptionsBuilder Plain(MqttOptions options, string host, int port)
    {
        var builder = new MqttClientOptionsBuilder().WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer(host, port);
        return string.IsNullOrEmpty(options.UserName) ? builder : builder.WithCredentials(options.UserName, options.ReadPassword());
    }
}
