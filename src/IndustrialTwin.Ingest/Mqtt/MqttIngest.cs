using IndustrialTwin.Samples;
using Microsoft.Extensions.Hosting;

namespace IndustrialTwin.Mqtt;

/// <summary>Starts and stops the broker with its host.</summary>
internal sealed class MqttIngest(IMqttBroker broker, IngestInstruments instruments) : IHostedService, IMqttIngest
{
    public MqttIngestStatus Status => broker.Status;

    public IngestSnapshot ReadCounts() => instruments.Read();

    public Task StartAsync(CancellationToken cancellationToken) => broker.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => broker.StopAsync(cancellationToken);
}
