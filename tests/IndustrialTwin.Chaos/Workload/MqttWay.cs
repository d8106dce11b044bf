using System.Net;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IndustrialTwin.Chaos;

/// <summary>Publishes with QoS 1; the broker's acknowledgement means that the broker answers for the message from there on.</summary>
internal sealed class MqttWay(IPAddress broker, string id) : IWay
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly SemaphoreSlim _connecting = new(1);

    public static Task<MqttClientConnectResult> ConnectAsync(IMqttClient client, IPAddress broker, string id, CancellationToken cancellationToken) => client.ConnectAsync(
        new MqttClientOptionsBuilder().WithTcpServer(broker.ToString(), Broker.Port).WithClientId(id)
            .WithProtocolVersion(MqttProtocolVersion.V500).WithTimeout(Patience).WithKeepAlivePeriod(Patience).Build(),
        cancellationToken);

    public async Task<bool> SendAsync(SampleBatch batch, CancellationToken cancellationToken)
    {
        if (!_client.IsConnected)
        {
            await _connecting.WaitAsync(cancellationToken);
            try
            {
                if (!_client.IsConnected)
                {
                    await ConnectAsync(_client, broker, id, cancellationToken);
                }
            }
            finally
            {
                _connecting.Release();
            }
        }

        var message = new MqttApplicationMessageBuilder().WithTopic(SampleTopic.Of(batch.Machine)).WithPayload(SamplePayload.Write(batch))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        return (await _client.PublishAsync(message, cancellationToken).WaitAsync(Patience, cancellationToken)).IsSuccess;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _connecting.Dispose();
        return ValueTask.CompletedTask;
    }
}
