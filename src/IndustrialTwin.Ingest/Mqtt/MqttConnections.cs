using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;

namespace IndustrialTwin.Mqtt;

/// <summary>What every client connection of the ingest has in common.</summary>
internal static class MqttConnections
{
    /// <summary>MQTT 5 to a broker, with the user and the encryption that the options tell.</summary>
    internal static MqttClientOptionsBuilder Options(MqttOptions options, string host, int port)
    {
        var builder = new MqttClientOptionsBuilder().WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer(host, port);
        if (!string.IsNullOrEmpty(options.UserName))
        {
            builder.WithCredentials(options.UserName, options.Password);
        }

        if (!options.Tls)
        {
            return builder;
        }

        return builder.WithTlsOptions(tls =>
        {
            tls.UseTls();
            if (options.TlsCaFile is { } file)
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(file);
                tls.WithTrustChain(authorities);
            }
        });
    }
}
