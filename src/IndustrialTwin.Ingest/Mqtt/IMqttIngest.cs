using IndustrialTwin.Samples;

namespace IndustrialTwin.Mqtt;

/// <summary>The ingest as others in the process see it.</summary>
public interface IMqttIngest
{
    /// <summary>How it is.</summary>
    MqttIngestStatus Status { get; }

    /// <summary>What came in since the start.</summary>
    IngestSnapshot ReadCounts();
}

/// <summary>How the ingest is.</summary>
/// <param name="Mode">Where the broker is.</param>
/// <param name="IsConnected">Embedded: whether it listens. External: whether it is connected and subscribed.</param>
/// <param name="Endpoint">Embedded: where it listens. External: the broker. As <c>host:port</c>.</param>
/// <param name="Connections">Embedded: the clients connected. External: 1 while connected.</param>
/// <param name="LastError">The last thing that went wrong with the connection, or null.</param>
public sealed record MqttIngestStatus(MqttMode Mode, bool IsConnected, string Endpoint, int Connections, string? LastError);
