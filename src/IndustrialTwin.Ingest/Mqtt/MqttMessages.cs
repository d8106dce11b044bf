using System.Buffers;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IndustrialTwin.Mqtt;

/// <summary>Reads and makes MQTTnet's messages.</summary>
internal static class MqttMessages
{
    /// <summary>The payload in one piece; MQTTnet reads every packet into an array of its own, so it is not copied.</summary>
    internal static ReadOnlyMemory<byte> Payload(ReadOnlySequence<byte> payload) =>
        payload.IsSingleSegment ? payload.First : payload.ToArray();

    internal static string? TraceParent(List<MqttUserProperty>? properties)
    {
        if (properties is not null)
        {
            foreach (var property in properties)
            {
                if (property.Name == SampleTopic.TraceParentProperty)
                {
                    return property.ReadValueAsString();
                }
            }
        }

        return null;
    }

    /// <summary>What subscribers of quarantine get.</summary>
    internal static MqttApplicationMessage Quarantine(QuarantineRecord record) => new()
    {
        Topic = SampleTopic.OfQuarantine(record.Reason),
        Payload = new ReadOnlySequence<byte>(QuarantinePayload.Write(record)),
        ContentType = SamplePayload.ContentType,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    };

    /// <summary>A client's message as it goes on to subscribers.</summary>
    internal static MqttApplicationMessage Forward(MqttPublishPacket packet) => new()
    {
        Topic = packet.Topic,
        Payload = packet.Payload,
        QualityOfServiceLevel = packet.QualityOfServiceLevel,
        Retain = packet.Retain,
        ContentType = packet.ContentType,
        CorrelationData = packet.CorrelationData,
        ResponseTopic = packet.ResponseTopic,
        MessageExpiryInterval = packet.MessageExpiryInterval,
        PayloadFormatIndicator = packet.PayloadFormatIndicator,
        UserProperties = packet.UserProperties,
    };
}
