using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using IndustrialTwin.Certificates;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace IndustrialTwin.Mqtt;

/// <summary>
/// An MQTT broker in this process that acknowledges samples only after their commit.
/// <para>
/// MQTTnet's server handles a connection's packets one after another and acknowledges a message when its handlers have returned:
/// waiting there for a commit would mean one commit per message and connection. So messages of samples are taken out of the
/// server's hands at <c>InterceptingInboundPacketAsync</c> and the acknowledgement is sent by <see cref="PublisherConnection"/>
/// over the connection's own channel, which serialises writers. Other topics pass as on any broker. Shared subscriptions, which
/// MQTTnet's server does not know, are for external brokers.
/// </para>
/// </summary>
internal sealed partial class EmbeddedBroker : IMqttBroker, IDisposable
{
    /// <summary>
    /// What the server sees instead of a message that was taken: an acknowledgement of nothing, since 0 is no packet identifier
    /// (MQTT-2.2.1-3). It still counts as a sign of life; a suppressed packet would not, and a client that only publishes samples
    /// would be disconnected by the keep-alive monitor.
    /// </summary>
    private static readonly MqttPubAckPacket SignOfLife = new() { PacketIdentifier = 0 };

    private readonly ConcurrentDictionary<EndPoint, PublisherConnection> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IngestInstruments _instruments;
    private readonly MqttOptions _options;
    private readonly ILogger _logger;
    private readonly CertificateStore? _certificates;
    private readonly MqttRefusals _refusals;
    private readonly EmbeddedListener _listener;
    private readonly MqttServer _server;
    private volatile bool _isDraining;
    private Task _watching = Task.CompletedTask;

    /// <summary>Whether anyone has ever subscribed to anything; until then nobody need be told of each message.</summary>
    private volatile bool _hasSubscribers;

    public EmbeddedBroker(
        SampleIntake intake,
        IngestInstruments instruments,
        TimeProvider time,
        IOptions<MqttOptions> options,
        ILogger<EmbeddedBroker> logger,
        CertificateStore? certificates = null,
        IAccess? door = null)
    {
        Intake = intake;
        Door = door;
        Time = time;
        _instruments = instruments;
        _options = options.Value;
        _logger = logger;
        Room = new SemaphoreSlim(_options.PendingMax, _options.PendingMax);
        _certificates = _options.Tls ? certificates ?? throw MqttConnections.NoCertificates() : null;
        _refusals = new MqttRefusals(instruments, time, logger);
        _listener = new EmbeddedListener(_options, _certificates, logger);
        var serverOptions = new MqttServerOptions
        {
            DefaultCommunicationTimeout = TimeSpan.FromSeconds(10),
            MaxPendingMessagesPerClient = _options.SubscriberQueueMax,
            PendingMessagesOverflowStrategy = MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage,
        };
        _server = new MqttServer(serverOptions, [_listener], new MqttLog(logger));
        _server.ValidatingConnectionAsync += OnConnecting;
        _server.ClientDisconnectedAsync += OnDisconnected;
        _server.InterceptingInboundPacketAsync += OnInbound;
        _server.InterceptingPublishAsync += OnPublishing;
        _server.InterceptingOutboundPacketAsync += OnOutbound;
        _server.InterceptingSubscriptionAsync += OnSubscribing;
    }

    public MqttIngestStatus Status => new(
        MqttMode.Embedded,
        _server.IsStarted,
        _listener.LocalEndPoint?.ToString() ?? $"{_options.Host}:{_options.Port}",
        _connections.Count,
        null);

    internal SampleIntake Intake { get; }

    /// <summary>Who verifies what clients show, where they have to show something.</summary>
    internal IAccess? Door { get; }

    internal TimeProvider Time { get; }

    /// <summary>Room for messages that wait for their commit, over all connections.</summary>
    internal SemaphoreSlim Room { get; }

    internal CancellationToken Stopping => _stopping.Token;

    public async ValueTask<bool> PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken)
    {
        if (!_server.IsStarted)
        {
            return false;
        }

        await _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message), cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync().ConfigureAwait(false);
        _watching = Task.Run(WatchStandingAsync, cancellationToken);
        LogListening(_listener.LocalEndPoint!);
    }

    /// <summary>
    /// Reads no more samples, lets what was begun be committed and acknowledged, then closes the connections. Clients send again
    /// what they have no acknowledgement for.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_server.IsStarted)
        {
            return;
        }

        _server.AcceptNewConnections = false;
        _isDraining = true;
        var connections = _connections.Values.ToArray();
        foreach (var connection in connections)
        {
            connection.Complete();
        }

        await Task.WhenAll(connections.Select(connection => connection.Acknowledging))
            .WaitAsync(_options.DrainTimeMax, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await _server.StopAsync(new MqttServerStopOptions
        {
            DefaultClientDisconnectOptions = new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown },
        }).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _server.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Tells subscribers what became of a message: the message itself where it was taken, and what of it is in quarantine.</summary>
    internal async Task TellAsync(PublisherConnection publisher, MqttPublishPacket packet, IntakeReply reply)
    {
        if (!reply.IsSettled || !(_hasSubscribers || packet.Retain) || !_server.IsStarted)
        {
            return;
        }

        try
        {
            if (reply.Quarantine is null)
            {
                var message = new InjectedMqttApplicationMessage(MqttMessages.Forward(packet)) { SenderClientId = publisher.ClientId };
                await _server.InjectApplicationMessage(message, Stopping).ConfigureAwait(false);
            }

            foreach (var record in reply.Quarantined)
            {
                await _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(MqttMessages.Quarantine(record)), Stopping).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // What is durable is acknowledged whether or not subscribers could be told.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (reply.Quarantined.Any())
            {
                _instruments.Unpublished();
            }

            LogUntold(packet.Topic, fault);
        }
    }

    private async Task OnConnecting(ValidatingConnectionEventArgs connection)
    {
        if (await SignedInAsync(connection).ConfigureAwait(false) is not { } access)
        {
            return;
        }

        var clientId = connection.ClientId;
        if (string.IsNullOrEmpty(clientId))
        {
            if (connection.ProtocolVersion != MQTTnet.Formatter.MqttProtocolVersion.V500)
            {
                connection.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
                return;
            }

            connection.AssignedClientIdentifier = clientId = $"auto-{Guid.NewGuid():N}";
        }

        // Who takes a client id over gets what was to go to the one before.
        if (_connections.Values.FirstOrDefault(other => other.ClientId == clientId && other.Access.Holder != access.Holder) is { } holder)
        {
            connection.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
            _refusals.Connection(clientId, connection.RemoteEndPoint, $"{access.Holder} may not take the client id of {holder.Access.Holder} over");
            return;
        }

        connection.SessionItems[typeof(TopicAccess)] = access;
        _connections[connection.RemoteEndPoint] = new PublisherConnection(
            connection.ChannelAdapter, _listener.ChannelOf(connection.RemoteEndPoint), clientId, access, this, _options);
    }

    /// <summary>Who a client is: by an access key or a token as its password, or else by the broker's own rules.</summary>
    private async Task<TopicAccess?> SignedInAsync(ValidatingConnectionEventArgs connection)
    {
        if (Door is { IsRequired: true } door && connection.Password is { Length: > 0 } credential && !IsUser(connection))
        {
            var why = "its password is no access key or token that counts";
            try
            {
                if (await door.SignInAsync(credential, $"mqtt {(connection.RemoteEndPoint as IPEndPoint)?.Address}", Stopping).ConfigureAwait(false) is { } pass)
                {
                    return TopicAccess.Of(pass.Caller);
                }
            }
            catch (AccessDeniedException fault)
            {
                why = fault.Message;
            }

            connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
            _refusals.Connection(connection.ClientId, connection.RemoteEndPoint, why);
            return null;
        }

        return Access(connection);
    }

    private bool IsUser(ValidatingConnectionEventArgs connection) => !string.IsNullOrEmpty(_options.UserName) && Same(connection.UserName, _options.UserName);

    /// <summary>Who a client is: by its certificate, or else by user name and password, or else anyone where that is allowed. Null where it is turned away.</summary>
    private TopicAccess? Access(ValidatingConnectionEventArgs connection)
    {
        if (_listener.ChannelOf(connection.RemoteEndPoint)?.ClientCertificate is { } certificate)
        {
            if (CertificateNames.AreOneCluster(certificate, _certificates!.Current.Certificate))
            {
                return TopicAccess.Whole("a silo");
            }

            if (TopicAccess.Of(certificate) is { } access)
            {
                return access;
            }
        }

        if (string.IsNullOrEmpty(_options.UserName))
        {
            if (!_options.RequireCertificate && (Door is not { IsRequired: true } || _options.AllowAnonymous))
            {
                return TopicAccess.Whole("anyone");
            }

            connection.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            _refusals.Connection(connection.ClientId, connection.RemoteEndPoint, _options.RequireCertificate ? "its certificate names no machine, line or site" : "it shows neither a certificate nor an access key");
            return null;
        }

        try
        {
            if (Same(connection.UserName, _options.UserName) && Same(connection.Password, _options.ReadPassword()))
            {
                return TopicAccess.Whole($"user {_options.UserName}");
            }

            connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
            _refusals.Connection(connection.ClientId, connection.RemoteEndPoint, "wrong user name or password");
        }
        catch (InvalidOperationException fault)
        {
            connection.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
            _refusals.Connection(connection.ClientId, connection.RemoteEndPoint, fault.Message);
        }

        return null;
    }

    private Task OnDisconnected(ClientDisconnectedEventArgs connection)
    {
        if (_connections.TryRemove(connection.RemoteEndPoint, out var publisher))
        {
            publisher.Complete();
        }

        return Task.CompletedTask;
    }

    private async Task OnInbound(InterceptingPacketEventArgs inbound)
    {
        if (inbound.Packet is not MqttPublishPacket packet)
        {
            return;
        }

        // Throwing ends the connection, which is safe; passing on would acknowledge what nobody took.
        if (!_connections.TryGetValue(inbound.RemoteEndPoint, out var publisher))
        {
            throw new InvalidOperationException($"Client '{inbound.ClientId}' at {inbound.RemoteEndPoint} published, but never connected.");
        }

        // Its next packet is read when this has been handled.
        if (publisher.Pace.Take() is { Ticks: > 0 } wait)
        {
            _refusals.Delayed(publisher.ClientId, publisher.Access, _options.MessagesPerSecondMax);
            await Task.Delay(wait, Time, inbound.CancellationToken).ConfigureAwait(false);
        }

        publisher.ResolveAlias(packet);
        if (!SampleTopic.IsSamples(packet.Topic))
        {
            return;
        }

        inbound.Packet = SignOfLife;
        if (_isDraining)
        {
            // Read no further: the connection is about to be closed, and what it sent stays unacknowledged.
            await Task.Delay(Timeout.Infinite, inbound.CancellationToken).ConfigureAwait(false);
            return;
        }

        if (!publisher.Access.CanPublish(packet.Topic))
        {
            _refusals.Publish(publisher.ClientId, publisher.Access, packet.Topic);
            await publisher.RefuseAsync(packet, inbound.CancellationToken).ConfigureAwait(false);
            return;
        }

        await publisher.TakeAsync(packet, inbound.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sees every other message that is about to go out to subscribers, a last will too. What the broker says itself has no session.</summary>
    private Task OnPublishing(InterceptingPublishEventArgs publishing)
    {
        if (publishing.SessionItems?[typeof(TopicAccess)] is TopicAccess access && !access.CanPublish(publishing.ApplicationMessage.Topic))
        {
            publishing.ProcessPublish = false;
            publishing.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
            _refusals.Publish(publishing.ClientId, access, publishing.ApplicationMessage.Topic);
        }

        return Task.CompletedTask;
    }

    private Task OnSubscribing(InterceptingSubscriptionEventArgs subscription)
    {
        if (subscription.SessionItems[typeof(TopicAccess)] is TopicAccess access && !access.CanSubscribe(subscription.TopicFilter.Topic))
        {
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
            _refusals.Subscription(subscription.ClientId, access, subscription.TopicFilter.Topic);
            return Task.CompletedTask;
        }

        _hasSubscribers = true;
        return Task.CompletedTask;
    }

    private Task OnOutbound(InterceptingPacketEventArgs outbound)
    {
        if (outbound.Packet is MqttConnAckPacket acknowledgement)
        {
            acknowledgement.ReceiveMaximum = (ushort)_options.PendingPerClientMax;
            acknowledgement.MaximumPacketSize = (uint)_options.PacketBytesMax;
            acknowledgement.TopicAliasMaximum = PublisherConnection.TopicAliasMax;
        }

        return Task.CompletedTask;
    }

    private static bool Same(string? given, string? expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(expected ?? ""));

    [LoggerMessage(1, LogLevel.Information, "The MQTT broker listens on {Endpoint}")]
    private partial void LogListening(IPEndPoint endpoint);

    [LoggerMessage(3, LogLevel.Warning, "Subscribers could not be told of a message on {Topic}")]
    private partial void LogUntold(string topic, Exception fault);
}
