using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace IndustrialTwin.Mqtt;

/// <content>
/// Connections outlast what they began with. One whose access key was revoked or has ended, whose session was ended, or whose certificate
/// comes from nobody who is trusted now, is closed with its subscriptions.
/// </content>
internal sealed partial class EmbeddedBroker
{
    /// <summary>How often connections are looked at; a revocation is known after <c>Security:RefreshInterval</c>.</summary>
    private static readonly TimeSpan StandingInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CertificateInterval = TimeSpan.FromMinutes(1);

    private async Task WatchStandingAsync()
    {
        using var timer = new PeriodicTimer(StandingInterval, Time);
        var (judged, judgedBy) = (Time.GetTimestamp(), _certificates?.Current);
        try
        {
            while (await timer.WaitForNextTickAsync(Stopping).ConfigureAwait(false))
            {
                var withCertificates = _certificates is { } store && (!ReferenceEquals(judgedBy, store.Current) || Time.GetElapsedTime(judged) >= CertificateInterval);
                if (withCertificates)
                {
                    (judged, judgedBy) = (Time.GetTimestamp(), _certificates!.Current);
                }

                foreach (var connection in _connections.Values)
                {
                    if (!connection.Access.StillCounts(Door, Time))
                    {
                        await CutAsync(connection, "what it signed in with counts no more").ConfigureAwait(false);
                    }
                    else if (withCertificates && connection.Certificate is { } certificate && _certificates!.Fault(certificate, connection.Above) is { } fault)
                    {
                        await CutAsync(connection, fault).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    private async Task CutAsync(PublisherConnection connection, string reason)
    {
        _refusals.Cut(connection.ClientId, connection.Access, reason);
        try
        {
            await _server.DisconnectClientAsync(connection.ClientId, new MqttServerClientDisconnectOptions
            {
                ReasonCode = MqttDisconnectReasonCode.NotAuthorized, ReasonString = reason,
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It went by itself meanwhile; one that did not is met again at the next look.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogUncut(connection.ClientId, fault);
        }
    }

    [LoggerMessage(4, LogLevel.Debug, "The connection of MQTT client '{ClientId}' could not be closed")]
    private partial void LogUncut(string clientId, Exception fault);
}
