namespace IndustrialTwin.Mqtt;

/// <summary>The broker that samples come over: in this process, or a connection to one elsewhere.</summary>
internal interface IMqttBroker
{
    MqttIngestStatus Status { get; }

    Task StartAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);
}
