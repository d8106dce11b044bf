using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IndustrialTwin.Gameday;

/// <summary>An MQTT client of an installation, honest or not.</summary>
internal sealed class DrillDevice : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly X509Certificate2? _certificate;

    private DrillDevice(X509Certificate2? certificate) => _certificate = certificate;

    /// <summary>The client itself.</summary>
    public IMqttClient Client => _client;

    /// <summary>Connects; the answer says with what outcome.</summary>
    /// <param name="place">The installation.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <param name="certificate">The certificate to show, or null.</param>
    /// <param name="key">The access key to show as the password, or null.</param>
    /// <param name="clientId">The client id; one of its own where null.</param>
    public static async Task<(DrillDevice? Device, string Outcome)> TryConnectAsync(
        Installation place, CancellationToken cancellationToken, IssuedCertificate? certificate = null, string? key = null, string? clientId = null)
    {
        var device = new DrillDevice(certificate is null ? null : X509Certificate2.CreateFromPem(certificate.CertificatePem, certificate.KeyPem));
        var options = new MqttClientOptionsBuilder().WithTcpServer(place.Silo.Mqtt.Host, place.Silo.Mqtt.Port).WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(clientId ?? $"drill-{Guid.NewGuid():N}").WithTimeout(Patience).WithCleanStart();
        if (key is not null)
        {
            options.WithCredentials("drill", key);
        }

        if (place.IsSecured)
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls().WithSslProtocols(ConnectionSecurity.Protocols).WithRevocationMode(X509RevocationMode.NoCheck)
                    .WithTrustChain([X509Certificate2.CreateFromPem(place.Authority.CertificatePem)]);
                if (device._certificate is not null)
                {
                    tls.WithClientCertificates([device._certificate]);
                }
            });
        }

        try
        {
            var answer = await device._client.ConnectAsync(options.Build(), cancellationToken);
            if (answer.ResultCode == MqttClientConnectResultCode.Success)
            {
                return (device, "let in");
            }

            device.Dispose();
            return (null, $"{answer.ResultCode}");
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            device.Dispose();
            return (null, "connection ended in the handshake");
        }
    }

    /// <summary>Connects.</summary>
    /// <exception cref="InvalidOperationException">It was not let in.</exception>
    public static async Task<DrillDevice> ConnectAsync(Installation place, CancellationToken cancellationToken, IssuedCertificate? certificate = null, string? clientId = null)
    {
        var (device, outcome) = await TryConnectAsync(place, cancellationToken, certificate, clientId: clientId);
        return device ?? throw new InvalidOperationException($"An honest device was turned away: {outcome}");
    }

    /// <summary>Sends a batch with QoS 1 and awaits its acknowledgement.</summary>
    public Task<MqttClientPublishResult> SendAsync(SampleBatch batch, CancellationToken cancellationToken) =>
        SendAsync(SampleTopic.Of(batch.Machine), SamplePayload.Write(batch), cancellationToken);

    /// <summary>Sends bytes with QoS 1 and awaits their acknowledgement.</summary>
    public Task<MqttClientPublishResult> SendAsync(string topic, byte[] payload, CancellationToken cancellationToken) => _client.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancellationToken)
        .WaitAsync(Patience, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _certificate?.Dispose();
    }
}
