using System.Text;
using System.Text.Json;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IndustrialTwin.Mqtt;

public sealed class EmbeddedBrokerTests
{
    [Fact]
    public async Task A_message_is_acknowledged_after_its_commit_and_not_before()
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await host.ConnectAsync();
        host.Twins.Hold();
        var publishing = client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline);
        await IngestHost.UntilAsync(() => host.Twins.Calls.Count == 1, "the twin is called");
        await Task.Delay(200);
        Assert.False(publishing.IsCompleted);
        Assert.Equal(1, host.Ingest.ReadCounts().InFlight);
        Assert.Empty(host.Twins.Committed);
        host.Twins.Release();
        Assert.Equal(MqttClientPublishReasonCode.Success, (await publishing).ReasonCode);
        var batch = Assert.Single(host.Twins.Committed);
        Assert.Equal([0, 0.5], batch.Columns[0].Values);
        Assert.Equal((1, 1, 2), (host.Ingest.ReadCounts().Received, host.Ingest.ReadCounts().Accepted, host.Ingest.ReadCounts().SamplesAccepted));
    }

    [Fact]
    public async Task A_message_that_cannot_be_committed_now_is_answered_with_a_failure_and_taken_when_it_comes_again()
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await host.ConnectAsync();
        host.Twins.IsAvailable = () => false;
        var message = IngestHost.Message(IngestHost.Batch("press-07", 0));
        var refused = await client.PublishAsync(message, IngestHost.Deadline);
        Assert.False(refused.IsSuccess);
        Assert.True((int)refused.ReasonCode >= 0x80);
        Assert.Contains("the disk is full", refused.ReasonString);
        host.Twins.IsAvailable = () => true;
        Assert.True((await client.PublishAsync(message, IngestHost.Deadline)).IsSuccess);
        var counts = host.Ingest.ReadCounts();
        Assert.Equal((2, 1, 1), (counts.Received, counts.Refused, counts.Accepted));
    }

    [Fact]
    public async Task A_bad_payload_is_not_acknowledged_while_quarantine_cannot_be_written()
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await host.ConnectAsync();
        host.Twins.IsAvailable = () => false;
        Assert.False((await client.PublishAsync(IngestHost.Message("itwin/v1/a/b/c/samples", "{"u8.ToArray()), IngestHost.Deadline)).IsSuccess);
        Assert.Equal(1, host.Ingest.ReadCounts().Refused);
    }

    [Fact]
    public async Task A_commit_that_takes_too_long_is_refused()
    {
        await using var host = await IngestHost.StartAsync(null, ("ObserveTimeout", "00:00:00.2"));
        using var client = await host.ConnectAsync();
        host.Twins.Hold();
        var refused = await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline);
        Assert.False(refused.IsSuccess);
        Assert.Contains("no commit within 0.2 s", refused.ReasonString);
    }

    [Fact]
    public async Task A_client_of_mqtt_3_is_disconnected_where_mqtt_5_answers_a_failure()
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await host.ConnectAsync(options => options.WithProtocolVersion(MqttProtocolVersion.V311));
        Assert.True((await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline)).IsSuccess);
        host.Twins.IsAvailable = () => false;
        await Assert.ThrowsAnyAsync<Exception>(
            () => client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 1)), IngestHost.Deadline).WaitAsync(IngestHost.Patience));
        await IngestHost.UntilAsync(() => !client.IsConnected, "the client is disconnected");
        Assert.Single(host.Twins.Committed);
    }

    [Theory]
    [InlineData("itwin/v1/wuhan/line-3/press-07/samples", "{", QuarantineReason.MalformedJson, "itwin/v1/quarantine/malformed-json")]
    [InlineData("itwin/v1/wuhan/line-3/press-07/samples", "{}", QuarantineReason.InvalidSchema, "itwin/v1/quarantine/invalid-schema")]
    [InlineData("itwin/v1/wuhan/line-3/samples", "{}", QuarantineReason.InvalidTopic, "itwin/v1/quarantine/invalid-topic")]
    [InlineData(
        "itwin/v1/wuhan/line-3/unknown/samples",
        """{"epoch":1,"sequence":0,"timesUs":[1],"channels":{"p":[1]}}""",
        QuarantineReason.UnknownMachine,
        "itwin/v1/quarantine/unknown-machine")]
    public async Task What_no_twin_can_take_is_kept_told_and_acknowledged(string topic, string payload, QuarantineReason reason, string told)
    {
        await using var host = await IngestHost.StartAsync();
        using var subscriber = await host.ConnectAsync();
        var arrived = new TaskCompletionSource<MqttApplicationMessage>();
        subscriber.ApplicationMessageReceivedAsync += message =>
        {
            arrived.TrySetResult(message.ApplicationMessage);
            return Task.CompletedTask;
        };
        await subscriber.SubscribeAsync(SampleTopic.QuarantineFilter, MqttQualityOfServiceLevel.AtLeastOnce, IngestHost.Deadline);
        using var client = await host.ConnectAsync();
        var acknowledged = await client.PublishAsync(IngestHost.Message(topic, Encoding.UTF8.GetBytes(payload)), IngestHost.Deadline);
        Assert.True(acknowledged.IsSuccess);
        var record = Assert.Single(host.Twins.Quarantined);
        Assert.Equal((reason, topic, payload.Length), (record.Reason, record.Topic, record.PayloadBytes));
        Assert.Equal(payload, Encoding.UTF8.GetString(record.Payload));
        var message = await arrived.Task.WaitAsync(IngestHost.Patience);
        Assert.Equal(told, message.Topic);
        using var json = JsonDocument.Parse(message.Payload);
        Assert.Equal(payload, Encoding.UTF8.GetString(json.RootElement.GetProperty("payload").GetBytesFromBase64()));
        Assert.Equal(record.Detail, json.RootElement.GetProperty("detail").GetString());
        Assert.Equal(1, host.Ingest.ReadCounts().Quarantined);
        host.AssertBalanced();
    }

    [Fact]
    public async Task Every_message_of_many_clients_has_one_outcome_with_duplicates_and_refusals_among_them()
    {
        const int Clients = 8;
        const int Messages = 100;
        await using var host = await IngestHost.StartAsync(null, ("PendingMax", "32"), ("PendingPerClientMax", "8"));
        var calls = 0;
        host.Twins.IsAvailable = () => Interlocked.Increment(ref calls) % 7 != 0;
        var refusals = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async c =>
        {
            using var client = await host.ConnectAsync();

            // Two clients a machine, so that every batch arrives twice, and a payload that is none among them.
            await Task.WhenAll(Enumerable.Range(0, Messages).Select(async sequence =>
            {
                var message = sequence % 20 == 19
                    ? IngestHost.Message($"itwin/v1/wuhan/line-3/press-{c / 2}/samples", "[]"u8.ToArray())
                    : IngestHost.Message(IngestHost.Batch($"press-{c / 2}", sequence));
                while (!(await client.PublishAsync(message, IngestHost.Deadline)).IsSuccess)
                {
                    Interlocked.Increment(ref refusals);
                }
            }));
        }));
        var counts = host.Ingest.ReadCounts();
        Assert.Equal(0, counts.InFlight);
        Assert.Equal(Clients * Messages * 19 / 20 / 2, counts.Accepted);
        Assert.Equal(Clients * Messages * 19 / 20 / 2, counts.Duplicate);
        Assert.Equal(Clients * Messages / 20, counts.Quarantined);
        Assert.Equal(refusals, counts.Refused);
        Assert.True(refusals > 0);
        Assert.Equal((Clients * Messages) + refusals, counts.Received);
        Assert.Equal(counts.Accepted, host.Twins.Committed.Count);
        Assert.Equal(counts.Quarantined, host.Twins.Quarantined.Count);
    }

    [Fact]
    public async Task Messages_of_one_connection_share_the_time_of_a_commit()
    {
        await using var host = await IngestHost.StartAsync();
        host.Twins.CommitTime = _ => TimeSpan.FromMilliseconds(50);
        using var client = await host.ConnectAsync();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(
            sequence => client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", sequence)), IngestHost.Deadline)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 200 * 0.05 * 0.8); // One after the other they take ten seconds.
        Assert.Equal(200, host.Twins.Committed.Count);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), host.Twins.Calls.Select(batch => batch.Sequence));
    }

    [Fact]
    public async Task Other_topics_pass_and_samples_reach_subscribers_once_they_are_committed()
    {
        await using var host = await IngestHost.StartAsync();
        using var subscriber = await host.ConnectAsync();
        var topics = new List<string>();
        subscriber.ApplicationMessageReceivedAsync += message =>
        {
            lock (topics)
            {
                topics.Add(message.ApplicationMessage.Topic);
            }

            return Task.CompletedTask;
        };
        await subscriber.SubscribeAsync("#", MqttQualityOfServiceLevel.AtMostOnce, IngestHost.Deadline);
        using var client = await host.ConnectAsync();
        host.Twins.Hold();
        var publishing = client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline);
        await IngestHost.UntilAsync(() => host.Twins.Calls.Count == 1, "the twin is called");
        await client.PublishAsync(IngestHost.Message("plant/weather", "21"u8.ToArray()), IngestHost.Deadline);
        host.Twins.Release();
        await publishing;
        await IngestHost.UntilAsync(() => topics.Count == 2, "both messages arrive");
        Assert.Equal(["plant/weather", "itwin/v1/wuhan/line-3/press-07/samples"], topics);
        Assert.Equal(1, host.Ingest.ReadCounts().Received);
    }

    [Fact]
    public async Task Exactly_once_topic_aliases_and_an_assigned_client_id_work()
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await host.ConnectAsync(options => options.WithClientId(""));
        var first = IngestHost.Message(IngestHost.Batch("press-07", 0));
        first.QualityOfServiceLevel = MqttQualityOfServiceLevel.ExactlyOnce;
        first.TopicAlias = 3;
        Assert.True((await client.PublishAsync(first, IngestHost.Deadline)).IsSuccess);
        var second = IngestHost.Message(IngestHost.Batch("press-07", 1));
        second.Topic = "";
        second.TopicAlias = 3;
        Assert.True((await client.PublishAsync(second, IngestHost.Deadline)).IsSuccess);
        Assert.Equal(2, host.Twins.Committed.Count);
    }

    [Fact]
    public async Task A_large_payload_is_quarantined_and_a_larger_packet_ends_its_connection()
    {
        await using var host = await IngestHost.StartAsync(null, ("PacketBytesMax", $"{2 * SamplePayload.PayloadBytesMax}"));
        using var client = await host.ConnectAsync();
        var topic = "itwin/v1/wuhan/line-3/press-07/samples";
        Assert.True((await client.PublishAsync(IngestHost.Message(topic, new byte[SamplePayload.PayloadBytesMax + 1]), IngestHost.Deadline)).IsSuccess);
        var record = Assert.Single(host.Twins.Quarantined);
        Assert.Equal(QuarantineReason.TooLarge, record.Reason);
        Assert.Equal((QuarantineRecord.PayloadBytesMax, SamplePayload.PayloadBytesMax + 1), (record.Payload.Length, record.PayloadBytes));
        await Assert.ThrowsAnyAsync<Exception>(() => client.PublishAsync(
            IngestHost.Message(topic, new byte[(2 * SamplePayload.PayloadBytesMax) + 1]), IngestHost.Deadline).WaitAsync(IngestHost.Patience));
        Assert.Equal(1, host.Ingest.ReadCounts().Received);
    }

    [Fact]
    public async Task Who_has_no_password_or_no_place_is_turned_away()
    {
        await using var host = await IngestHost.StartAsync(null, ("UserName", "press"), ("Password", "secret"), ("ConnectionsMax", "1"));
        await Assert.ThrowsAnyAsync<Exception>(() => host.ConnectAsync(options => options.WithCredentials("press", "wrong")));
        await IngestHost.UntilAsync(() => host.Ingest.Status.Connections == 0, "the refused client is gone");
        IMqttClient? client = null;
        for (var attempt = 0; client is null; attempt++)
        {
            // The refused client's socket may still be open for a moment.
            try
            {
                client = await host.ConnectAsync(options => options.WithCredentials("press", "secret"));
            }
            catch (Exception) when (attempt < 400)
            {
                await Task.Delay(50);
            }
        }

        Assert.True((await client.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", 0)), IngestHost.Deadline)).IsSuccess);
        await Assert.ThrowsAnyAsync<Exception>(() => host.ConnectAsync(options => options.WithCredentials("press", "secret").WithTimeout(TimeSpan.FromSeconds(2))));
        Assert.Equal(1, host.Ingest.Status.Connections);
        client.Dispose();
    }
}
