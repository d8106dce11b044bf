using System.Threading.Channels;
using IndustrialTwin.Certificates;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IndustrialTwin.Mqtt;

/// <summary>
/// The connection to a broker elsewhere: a persistent session, one shared subscription, and an acknowledgement only after the
/// commit. Messages are begun in the order they come and run side by side, at most <see cref="MqttOptions.ReceiveMax"/>; they are
/// acknowledged in the same order. A message that is refused is kept and tried again, since a broker sends it again only to a new
/// connection.
/// </summary>
internal sealed partial class ExternalBroker(
    SampleIntake intake,
    IngestInstruments instruments,
    TimeProvider time,
    IOptions<MqttOptions> options,
    ILogger<ExternalBroker> logger,
    CertificateStore? certificates = null)
    : IMqttBroker, IDisposable
{
    private static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryDelayMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(2);

    private readonly MqttOptions _options = options.Value;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _isConnected;
    private volatile string? _lastError;
    private volatile IMqttClient? _client;

    public MqttIngestStatus Status =>
        new(MqttMode.External, _isConnected, $"{_options.Host}:{_options.Port}", _isConnected ? 1 : 0, _lastError);

    public async ValueTask<bool> PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken)
    {
        if (_client is not { IsConnected: true } client)
        {
            return false;
        }

        var published = await client.PublishAsync(message, cancellationToken).ConfigureAwait(false);
        return published.IsSuccess;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken stopping)
    {
        var delay = ReconnectDelayMin;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ServeConnectionAsync(() => delay = ReconnectDelayMin, stopping).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever ended the connection, the next one is tried.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                if (!stopping.IsCancellationRequested)
                {
                    _lastError = fault.Message;
                    LogDisconnected(_options.Host, _options.Port, fault.Message, delay.TotalSeconds);
                }
            }

            _isConnected = false;
            var jitter = 0.5 + (Random.Shared.NextDouble() / 2);
            await Task.Delay(delay * jitter, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < _options.ReconnectDelayMax ? delay * 2 : _options.ReconnectDelayMax;
        }
    }

    /// <summary>
    /// One connection from its beginning to its end. Each has a client object of its own: an acknowledgement that comes too late
    /// then fails, where on a shared one it could acknowledge another message of the same number.
    /// </summary>
    private async Task ServeConnectionAsync(Action connected, CancellationToken stopping)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        using var ending = new CancellationTokenSource();
        var pending = Channel.CreateBounded<Pending>(
            new BoundedChannelOptions(_options.ReceiveMax) { SingleReader = true, SingleWriter = true });
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += gone =>
        {
            ended.TrySetResult(gone.Exception?.Message ?? gone.ReasonString ?? gone.Reason.ToString());
            return Task.CompletedTask;
        };
        client.ApplicationMessageReceivedAsync += async arrived =>
        {
            arrived.AutoAcknowledge = false;
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            var message = new IntakeMessage(
                arrived.ApplicationMessage.Topic,
                MqttMessages.Payload(arrived.ApplicationMessage.Payload),
                MqttMessages.TraceParent(arrived.ApplicationMessage.UserProperties),
                null,
                time.GetTimestamp());
            if (await pending.Writer.WaitToWriteAsync(ending.Token).ConfigureAwait(false))
            {
                pending.Writer.TryWrite(new Pending(arrived, message, SettleAsync(message, ending.Token)));
            }
        };
        var acknowledging = Task.Run(() => AcknowledgeAsync(client, pending.Reader, ending.Token), CancellationToken.None);
        try
        {
            using (var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping))
            {
                timeout.CancelAfter(_options.ObserveTimeout);
                await ConnectAsync(client, timeout.Token).ConfigureAwait(false);
            }

            _client = client;
            _isConnected = true;
            _lastError = null;
            connected();
            LogConnected(_options.Host, _options.Port);
            var finished = await Task.WhenAny(ended.Task, acknowledging, Task.Delay(Timeout.Infinite, stopping)).ConfigureAwait(false);
            if (finished == ended.Task)
            {
                _lastError = await ended.Task.ConfigureAwait(false);
                throw new InvalidOperationException(_lastError);
            }

            await finished.ConfigureAwait(false);
        }
        finally
        {
            _client = null;
            _isConnected = false;
            pending.Writer.TryComplete();
            if (client.IsConnected)
            {
                await acknowledging.WaitAsync(_options.DrainTimeMax, time, CancellationToken.None)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await ending.CancelAsync().ConfigureAwait(false);
            await acknowledging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (client.IsConnected)
            {
                // Without a DISCONNECT packet's expiry of its own the session stays at the broker, which is the point of it.
                await client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None)
                    .WaitAsync(TimeSpan.FromSeconds(2), CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ConnectAsync(IMqttClient client, CancellationToken cancellationToken)
    {
        var builder = MqttConnections.External(_options, certificates)
            .WithClientId(_options.ClientId)
            .WithCleanStart(false)
            .WithSessionExpiryInterval((uint)_options.SessionExpiry.TotalSeconds)
            .WithReceiveMaximum((ushort)_options.ReceiveMax);
        var connected = await client.ConnectAsync(builder.Build(), cancellationToken).ConfigureAwait(false);
        if (connected.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new InvalidOperationException($"the broker refused the connection: {connected.ResultCode} {connected.ReasonString}");
        }

        var filter = SampleTopic.SharedFilterOf(_options.ShareGroup);
        var subscribed = await client.SubscribeAsync(
            new MqttClientSubscribeOptions
            {
                TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }],
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var item in subscribed.Items)
        {
            if ((int)item.ResultCode >= 0x80)
            {
                throw new InvalidOperationException($"the broker refused the subscription to '{filter}': {item.ResultCode}");
            }
        }
    }

    private async Task<IntakeReply> SettleAsync(IntakeMessage message, CancellationToken ending)
    {
        var delay = RetryDelayMin;
        while (true)
        {
            var reply = await intake.TakeAsync(message, ending).ConfigureAwait(false);
            if (reply.IsSettled || ending.IsCancellationRequested)
            {
                return reply;
            }

            await Task.Delay(delay, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax;
        }
    }

    private async Task AcknowledgeAsync(IMqttClient client, ChannelReader<Pending> pending, CancellationToken ending)
    {
        while (await pending.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (pending.TryPeek(out var next))
            {
                var reply = await next.Reply.ConfigureAwait(false);
                if (!ending.IsCancellationRequested && reply.IsSettled)
                {
                    await PublishQuarantineAsync(client, reply, ending).ConfigureAwait(false);
                    await next.Arrived.AcknowledgeAsync(ending).ConfigureAwait(false);
                    intake.Acknowledged(next.Message);
                }

                pending.TryRead(out _);
            }
        }
    }

    private async Task PublishQuarantineAsync(IMqttClient client, IntakeReply reply, CancellationToken ending)
    {
        foreach (var record in reply.Quarantined)
        {
            try
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ending);
                timeout.CancelAfter(_options.ObserveTimeout);
                await client.PublishAsync(MqttMessages.Quarantine(record), timeout.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The record is kept; that subscribers could not be told must not hold the acknowledgement back.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                instruments.Unpublished();
                LogUntold(record.Reason.ToString(), fault.Message);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Connected to the MQTT broker {Host}:{Port} and subscribed")]
    private partial void LogConnected(string host, int port);

    [LoggerMessage(2, LogLevel.Warning, "No connection to the MQTT broker {Host}:{Port}: {Detail}; the next attempt follows within {DelayS} s")]
    private partial void LogDisconnected(string host, int port, string detail, double delayS);

    [LoggerMessage(3, LogLevel.Warning, "Subscribers could not be told of a quarantined message ({Reason}): {Detail}")]
    private partial void LogUntold(string reason, string detail);

    private readonly record struct Pending(MqttApplicationMessageReceivedEventArgs Arrived, IntakeMessage Message, Task<IntakeReply> Reply);
}
