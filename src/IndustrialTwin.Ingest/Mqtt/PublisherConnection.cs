using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IndustrialTwin.Mqtt;

/// <summary>
/// One client's connection to the embedded broker, as far as it publishes samples. Messages are begun in the order they come and
/// run side by side, so that they share commits; their acknowledgements go back in the same order, as MQTT demands (MQTT-4.6.0-2).
/// </summary>
internal sealed class PublisherConnection
{
    /// <summary>Topic aliases that a client may use.</summary>
    internal const ushort TopicAliasMax = 64;

    private static readonly Task<IntakeReply> Refusal = Task.FromResult(IntakeReply.Forbidden);

    private readonly IMqttChannelAdapter _adapter;
    private readonly BufferedChannel? _channel;
    private readonly EmbeddedBroker _broker;
    private readonly Channel<Pending> _pending;
    private readonly Dictionary<ushort, string> _aliases = [];
    private bool _isClosed;

    internal PublisherConnection(
        IMqttChannelAdapter adapter, BufferedChannel? channel, string clientId, TopicAccess access, EmbeddedBroker broker, MqttOptions options)
    {
        (_adapter, _channel) = (adapter, channel);
        _broker = broker;
        (ClientId, Access) = (clientId, access);
        Pace = new MessagePace(options.MessagesPerSecondMax, broker.Time);
        _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(options.PendingPerClientMax) { SingleReader = true, SingleWriter = true });
        Acknowledging = Task.Run(AcknowledgeAsync);
    }

    internal string ClientId { get; }

    internal TopicAccess Access { get; }

    /// <summary>How fast it is read.</summary>
    internal MessagePace Pace { get; }

    /// <summary>What it came with, where it came with one.</summary>
    internal X509Certificate2? Certificate => _channel?.ClientCertificate;

    /// <summary>What stands above its certificate.</summary>
    internal X509Certificate2Collection Above => _channel?.Above ?? [];

    /// <summary>Ends after <see cref="Complete"/>, when every message that was begun has its outcome.</summary>
    internal Task Acknowledging { get; }

    internal void Complete() => _pending.Writer.TryComplete();

    /// <summary>Writes out the topic of a packet that names it by alias, which holds for this connection only.</summary>
    internal void ResolveAlias(MqttPublishPacket packet)
    {
        if (packet.TopicAlias == 0)
        {
            return;
        }

        if (packet.TopicAlias > TopicAliasMax)
        {
            throw new MqttProtocolViolationException($"Client '{ClientId}' used topic alias {packet.TopicAlias}; at most {TopicAliasMax} is allowed.");
        }

        if (!string.IsNullOrEmpty(packet.Topic))
        {
            _aliases[packet.TopicAlias] = packet.Topic;
        }
        else if (_aliases.TryGetValue(packet.TopicAlias, out var topic))
        {
            packet.Topic = topic;
        }
    }

    /// <summary>Begins a message. Returns when there is room for it, not when it is done.</summary>
    internal Task TakeAsync(MqttPublishPacket packet, CancellationToken cancellationToken) => BeginAsync(packet, isAllowed: true, cancellationToken);

    /// <summary>Answers a message that this client may not send, in its turn.</summary>
    internal Task RefuseAsync(MqttPublishPacket packet, CancellationToken cancellationToken) => BeginAsync(packet, isAllowed: false, cancellationToken);

    private async Task BeginAsync(MqttPublishPacket packet, bool isAllowed, CancellationToken cancellationToken)
    {
        var received = _broker.Time.GetTimestamp();
        if (!await _pending.Writer.WaitToWriteAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await _broker.Room.WaitAsync(cancellationToken).ConfigureAwait(false);
        var message = new IntakeMessage(
            packet.Topic, MqttMessages.Payload(packet.Payload), MqttMessages.TraceParent(packet.UserProperties), ClientId, received);
        Pass.Acting = Access.Pass(_broker.Door, _broker.Time);
        if (!_pending.Writer.TryWrite(new Pending(packet, message, isAllowed ? _broker.Intake.TakeAsync(message, _broker.Stopping) : Refusal)))
        {
            // The connection ended in between: what was begun has its outcome, but nobody to tell.
            _broker.Room.Release();
        }
    }

    private async Task AcknowledgeAsync()
    {
        while (await _pending.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            // Peeked, so that what is waited for still takes up its room.
            while (_pending.Reader.TryPeek(out var pending))
            {
                if (!pending.Reply.IsCompleted)
                {
                    await FlushAsync().ConfigureAwait(false);
                }

                var reply = await pending.Reply.ConfigureAwait(false);
                await _broker.TellAsync(this, pending.Packet, reply).ConfigureAwait(false);
                await AnswerAsync(pending, reply).ConfigureAwait(false);
                _pending.Reader.TryRead(out _);
                _broker.Room.Release();
            }

            await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Messages of one commit are done at once; their acknowledgements go out together.</summary>
    private async Task FlushAsync()
    {
        try
        {
            await (_channel?.FlushAsync(_broker.Stopping) ?? Task.CompletedTask).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The connection is gone: the client sends again what it has no acknowledgement for.
        catch (Exception)
#pragma warning restore CA1031
        {
            _isClosed = true;
        }
    }

    private async Task AnswerAsync(Pending pending, IntakeReply reply)
    {
        if (_isClosed || pending.Packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce)
        {
            return;
        }

        try
        {
            if (!reply.IsSettled && _adapter.PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)
            {
                // Before MQTT 5 there is no acknowledgement that says no; closing makes the client keep the message and come again.
                _isClosed = true;
                await _adapter.DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
                return;
            }

            _channel?.Hold();
            await _adapter.SendPacketAsync(Answer(pending.Packet, reply), _broker.Stopping).ConfigureAwait(false);
            if (reply.IsSettled)
            {
                _broker.Intake.Acknowledged(pending.Message);
            }
        }
#pragma warning disable CA1031 // The connection is gone: the client sends again what it has no acknowledgement for.
        catch (Exception)
#pragma warning restore CA1031
        {
            _isClosed = true;
        }
    }

    private static MqttPacket Answer(MqttPublishPacket packet, IntakeReply reply)
    {
        var reason = reply.Quarantine is { } record ? $"quarantined as {record.Reason}: {record.Detail}" : reply.Detail;
        if (packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            return new MqttPubRecPacket
            {
                PacketIdentifier = packet.PacketIdentifier,
                ReasonCode = reply.IsSettled ? MqttPubRecReasonCode.Success : reply.Refusal switch
                {
                    IntakeRefusal.NotAuthorized => MqttPubRecReasonCode.NotAuthorized,
                    IntakeRefusal.QuotaExceeded => MqttPubRecReasonCode.QuotaExceeded,
                    _ => MqttPubRecReasonCode.UnspecifiedError,
                },
                ReasonString = reason,
            };
        }

        return new MqttPubAckPacket
        {
            PacketIdentifier = packet.PacketIdentifier,
            ReasonCode = reply.IsSettled ? MqttPubAckReasonCode.Success : reply.Refusal switch
            {
                IntakeRefusal.NotAuthorized => MqttPubAckReasonCode.NotAuthorized,
                IntakeRefusal.QuotaExceeded => MqttPubAckReasonCode.QuotaExceeded,
                _ => MqttPubAckReasonCode.UnspecifiedError,
            },
            ReasonString = reason,
        };
    }

    private readonly record struct Pending(MqttPublishPacket Packet, IntakeMessage Message, Task<IntakeReply> Reply);
}
