using System.Diagnostics.Metrics;
using System.Net;
using IndustrialTwin.Certificates;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Mqtt;

/// <summary>Counts what clients of the embedded broker were not allowed, and tells of it.</summary>
internal sealed partial class MqttRefusals(IngestInstruments instruments, TimeProvider time, ILogger logger)
{
    private readonly Counter<long> _counter = instruments.Refusals;
    private readonly LineLimit _limit = new(time), _delays = new(time);

    internal void Connection(string? clientId, EndPoint? remote, string reason)
    {
        Count("connection");
        if (_limit.TryTake(out var more))
        {
            LogTurnedAway(clientId, remote, reason, more);
        }
    }

    internal void Publish(string clientId, TopicAccess access, string topic)
    {
        Count("publish");
        if (_limit.TryTake(out var more))
        {
            LogPublish(clientId, access.Holder, topic, more);
        }
    }

    internal void Subscription(string clientId, TopicAccess access, string filter)
    {
        Count("subscription");
        if (_limit.TryTake(out var more))
        {
            LogSubscription(clientId, access.Holder, filter, more);
        }
    }

    internal void Cut(string clientId, TopicAccess access, string reason)
    {
        Count("standing");
        if (_limit.TryTake(out var more))
        {
            LogCut(clientId, access.Holder, reason, more);
        }
    }

    internal void Delayed(string clientId, TopicAccess access, int perSecondMax)
    {
        instruments.Delayed.Add(1);
        if (_delays.TryTake(out var more))
        {
            LogDelayed(clientId, access.Holder, perSecondMax, more);
        }
    }

    private void Count(string what) => _counter.Add(1, KeyValuePair.Create("itwin.refused", (object?)what));

    [LoggerMessage(1, LogLevel.Warning, "Turned MQTT client '{ClientId}' at {Remote} away: {Reason}{More}")]
    private partial void LogTurnedAway(string? clientId, EndPoint? remote, string reason, string more);

    [LoggerMessage(2, LogLevel.Warning, "Refused a message of MQTT client '{ClientId}' ({Holder}) on '{Topic}', where it may not publish{More}")]
    private partial void LogPublish(string clientId, string holder, string topic, string more);

    [LoggerMessage(3, LogLevel.Warning, "Refused MQTT client '{ClientId}' ({Holder}) the subscription to '{Filter}'{More}")]
    private partial void LogSubscription(string clientId, string holder, string filter, string more);

    [LoggerMessage(4, LogLevel.Warning, "Closed the connection of MQTT client '{ClientId}' ({Holder}): {Reason}{More}")]
    private partial void LogCut(string clientId, string holder, string reason, string more);

    [LoggerMessage(5, LogLevel.Warning, "MQTT client '{ClientId}' ({Holder}) sends more than Mqtt:MessagesPerSecondMax = {PerSecondMax} messages a second; it is read no faster{More}")]
    private partial void LogDelayed(string clientId, string holder, int perSecondMax, string more);
}
