using System.Buffers;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace IndustrialTwin.Controls;

/// <summary>Publishes twins' commands to their machines, each once at most: a command that came too late is worse than none.</summary>
internal sealed partial class MqttCommands(IMqttBroker broker, ILogger<MqttCommands> logger) : ICommandSink
{
    public async ValueTask<bool> SendAsync(MachineCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var message = new MqttApplicationMessage
        {
            Topic = CommandPayload.TopicOf(command.Machine),
            Payload = new ReadOnlySequence<byte>(CommandPayload.Write(command)),
            ContentType = SamplePayload.ContentType,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce,
        };
        try
        {
            return await broker.PublishAsync(message, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The caller counts it as a miss; a broker that is away must not end the loop.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogNotSent(message.Topic, fault);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A command on {Topic} could not be sent")]
    private partial void LogNotSent(string topic, Exception fault);
}
