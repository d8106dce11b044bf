using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Certificates;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Protocol;

namespace IndustrialTwin.Mqtt;

public sealed class ExternalBrokerTests
{
    [Fact]
    public async Task Messages_come_through_mosquitto_and_are_acknowledged_to_it_after_their_commit_only()
    {
        await using var broker = await MosquittoServer.StartOrSkipAsync();
        var twins = new FakeTwins();
        twins.Hold();
        await using (var host = await StartAsync(broker, twins))
        {
            using var client = await IngestHost.ConnectAsync(broker.Port);
            for (var sequence = 0; sequence < 10; sequence++)
            {
                await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", sequence)), IngestHost.Deadline);
            }

            await IngestHost.UntilAsync(() => twins.Calls.Count == 10, "all messages reach the twin before one is committed");
            Assert.Equal(10, host.Ingest.ReadCounts().InFlight);
        }

        // Nothing was committed, so nothing was acknowledged, and the broker must send it all again.
        Assert.Empty(twins.Committed);
        twins.Release();
        await using var next = await StartAsync(broker, twins);
        await IngestHost.UntilAsync(() => twins.Committed.Count == 10, "the session's messages come again");
        await IngestHost.UntilAsync(() => next.Ingest.ReadCounts().InFlight == 0, "all are settled");
        Assert.Equal((10, 10), (next.Ingest.ReadCounts().Received, next.Ingest.ReadCounts().Accepted));
    }

    [Fact]
    public async Task What_was_acknowledged_does_not_come_again()
    {
        await using var broker = await MosquittoServer.StartOrSkipAsync();
        var twins = new FakeTwins();
        using var client = await IngestHost.ConnectAsync(broker.Port);
        await using (var host = await StartAsync(broker, twins))
        {
            await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline);
            await IngestHost.UntilAsync(() => twins.Committed.Count == 1, "the first message is committed");
            await IngestHost.UntilAsync(() => host.Ingest.ReadCounts() is { InFlight: 0, Accepted: 1 }, "it is acknowledged");
            await Task.Delay(100);
        }

        await using var next = await StartAsync(broker, twins);
        await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 1)), IngestHost.Deadline);
        await IngestHost.UntilAsync(() => twins.Committed.Count == 2, "the second message is committed");
        Assert.Equal(1, next.Ingest.ReadCounts().Received);
    }

    [Fact]
    public async Task Bad_messages_go_to_quarantine_and_its_topic()
    {
        await using var broker = await MosquittoServer.StartOrSkipAsync();
        await using var host = await StartAsync(broker, new FakeTwins());
        using var client = await IngestHost.ConnectAsync(broker.Port);
        var topics = new List<string>();
        client.ApplicationMessageReceivedAsync += message =>
        {
            lock (topics)
            {
                topics.Add(message.ApplicationMessage.Topic);
            }

            return Task.CompletedTask;
        };
        await client.SubscribeAsync(SampleTopic.QuarantineFilter, MqttQualityOfServiceLevel.AtLeastOnce, IngestHost.Deadline);
        await client.PublishAsync(IngestHost.Message("itwin/v1/wuhan/line-3/press-07/samples", [0xFF]), IngestHost.Deadline);
        await client.PublishAsync(IngestHost.Message("itwin/v1/wuhan/line 3/press-07/samples", "{}"u8.ToArray()), IngestHost.Deadline);
        await client.PublishAsync(IngestHost.Message(IngestHost.Batch(FakeTwins.UnknownName, 0)), IngestHost.Deadline);
        await IngestHost.UntilAsync(() => topics.Count == 3, "three quarantine messages");
        Assert.Equal(
            [QuarantineReason.InvalidUtf8, QuarantineReason.InvalidTopic, QuarantineReason.UnknownMachine],
            host.Twins.Quarantined.Select(record => record.Reason));
        Assert.Equal(
            ["itwin/v1/quarantine/invalid-utf8", "itwin/v1/quarantine/invalid-topic", "itwin/v1/quarantine/unknown-machine"], topics);
    }

    [Fact]
    public async Task Two_silos_share_the_messages_and_every_one_has_one_outcome()
    {
        const int Messages = 400;
        await using var broker = await MosquittoServer.StartOrSkipAsync();
        var twins = new FakeTwins();
        var calls = 0;
        twins.IsAvailable = () => Interlocked.Increment(ref calls) % 11 != 0;
        await using var first = await StartAsync(broker, twins, "silo-1");
        await using var second = await StartAsync(broker, twins, "silo-2");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async c =>
        {
            using var client = await IngestHost.ConnectAsync(broker.Port);
            await Task.WhenAll(Enumerable.Range(0, Messages).Select(
                sequence => client.PublishAsync(IngestHost.Message(IngestHost.Batch($"press-{c / 2}", sequence)), IngestHost.Deadline)));
        }));
        await IngestHost.UntilAsync(() => Sum(counts => counts.Accepted + counts.Duplicate) == 4 * Messages, "all messages are settled");
        Assert.Equal(2 * Messages, twins.Committed.Count);
        Assert.Equal(2 * Messages, Sum(counts => counts.Accepted));
        Assert.Equal(2 * Messages, Sum(counts => counts.Duplicate));
        Assert.Equal(0, Sum(counts => counts.InFlight));
        Assert.True(Sum(counts => counts.Refused) > 0);
        Assert.Equal((4 * Messages) + Sum(counts => counts.Refused), Sum(counts => counts.Received));
        Assert.True(first.Ingest.ReadCounts().Received > 0 && second.Ingest.ReadCounts().Received > 0);

        long Sum(Func<IngestSnapshot, long> count) => count(first.Ingest.ReadCounts()) + count(second.Ingest.ReadCounts());
    }

    [Fact]
    public async Task A_broker_that_asks_for_certificates_is_shown_the_silo_s_and_must_be_of_its_authority()
    {
        var (now, year) = (TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(365));
        using var authority = CertificateAuthority.Create("plant authority", now, year);
        using var folder = new TemporaryCertificates(authority.Server(["localhost", "127.0.0.1"], now, year));
        using var silo = new TemporaryCertificates(authority.Silo("plant", [], now, year));
        await using var broker = await MosquittoServer.StartTlsOrSkipAsync(folder.Path);
        await using var host = await StartAsync(broker, new FakeTwins(), more: [("Tls", "true"), ("Certificates:Folder", silo.Path)]);
        var device = authority.Device("wuhan/line-3/press-07", now, year);
        using var client = await IngestHost.ConnectAsync(broker.Port, options => options.WithTlsOptions(tls => tls.UseTls()
            .WithRevocationMode(X509RevocationMode.NoCheck)
            .WithTrustChain([X509Certificate2.CreateFromPem(authority.CertificatePem)])
            .WithClientCertificates([X509Certificate2.CreateFromPem(device.CertificatePem, device.KeyPem)])));
        await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline);
        await IngestHost.UntilAsync(() => host.Twins.Committed.Count == 1, "the message is committed");

        // The authority of one side is not the other's: neither trusts the other.
        using var stranger = CertificateAuthority.Create("a stranger", now, year);
        using var strange = new TemporaryCertificates(stranger.Silo("plant", [], now, year));
        await using var other = await IngestHost.StartAsync(
            null, ("Mode", "External"), ("Port", $"{broker.Port}"), ("ClientId", "other"), ("Tls", "true"), ("Certificates:Folder", strange.Path));
        await other.Lines.UntilAsync("No connection to the MQTT broker");
        Assert.False(other.Ingest.Status.IsConnected);
    }

    [Fact]
    public async Task The_ingest_comes_back_after_a_restart_of_the_broker()
    {
        await using var broker = await MosquittoServer.StartOrSkipAsync();
        await using var host = await StartAsync(broker, new FakeTwins());
        using (var client = await IngestHost.ConnectAsync(broker.Port))
        {
            await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline);
            await IngestHost.UntilAsync(() => host.Twins.Committed.Count == 1, "the first message is committed");
            host.Twins.Hold();
            await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 1)), IngestHost.Deadline);
            await IngestHost.UntilAsync(() => host.Twins.Calls.Count == 2, "the second is in flight");
        }

        await broker.StopAsync();
        await IngestHost.UntilAsync(() => !host.Ingest.Status.IsConnected, "the ingest notices");
        Assert.NotNull(host.Ingest.Status.LastError);
        await broker.StartAsync();
        host.Twins.Release();
        await IngestHost.UntilAsync(() => host.Ingest.Status.IsConnected, "the ingest is back");
        await IngestHost.UntilAsync(() => host.Twins.Committed.Count == 2, "the unacknowledged message came again");
        using var late = await IngestHost.ConnectAsync(broker.Port);
        await late.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 2)), IngestHost.Deadline);
        await IngestHost.UntilAsync(() => host.Twins.Committed.Count == 3, "the third message is committed");
        host.AssertBalanced();
    }

    private static async Task<IngestHost> StartAsync(MosquittoServer broker, FakeTwins twins, string clientId = "silo-1", (string, string)[]? more = null)
    {
        var host = await IngestHost.StartAsync(
            twins, [("Mode", "External"), ("Port", $"{broker.Port}"), ("ClientId", clientId), ("ReconnectDelayMax", "00:00:00.5"),
            ("DrainTimeMax", "00:00:00.5"), .. more ?? []]);
        await IngestHost.UntilAsync(() => host.Ingest.Status.IsConnected, "the ingest is connected");
        return host;
    }
}
