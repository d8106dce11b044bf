using MQTTnet;

namespace IndustrialTwin.Mqtt;

/// <summary>The broker that samples come over: in this process, or a connection to one elsewhere.</summary>
internal interface IMqttBroker
{
    MqttIngestStatus Status { get; }

    /// <summary>Publishes a message; answers false where it cannot be handed on now.</summary>
    ValueTask<bool> PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken);

    Task StartAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);
}
