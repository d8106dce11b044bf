using IndustrialTwin.Samples;

namespace IndustrialTwin.Mqtt;

public sealed class AcknowledgementTests
{
    [Fact]
    public async Task Acknowledgements_go_back_in_the_order_of_the_messages_whatever_the_order_of_the_commits()
    {
        await using var host = await IngestHost.StartAsync();
        host.Twins.CommitTime = batch => TimeSpan.FromMilliseconds(100 - (batch.Sequence * 4));
        using var client = await RawClient.ConnectAsync(host.Port, 0);
        for (ushort i = 1; i <= 20; i++)
        {
            var batch = IngestHost.Batch("press-07", i);
            await client.PublishAsync(SampleTopic.Of(batch.Machine), SamplePayload.Write(batch), i);
        }

        for (ushort i = 1; i <= 20; i++)
        {
            Assert.Equal(i, await client.ReadAcknowledgementAsync());
        }
    }

    [Fact]
    public async Task A_client_that_only_publishes_samples_counts_as_alive()
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await RawClient.ConnectAsync(host.Port, keepAliveS: 2);
        for (ushort i = 1; i <= 12; i++)
        {
            var batch = IngestHost.Batch("press-07", i);
            await client.PublishAsync(SampleTopic.Of(batch.Machine), SamplePayload.Write(batch), i);
            Assert.Equal(i, await client.ReadAcknowledgementAsync());
            await Task.Delay(300);
        }
    }

    [Fact]
    public async Task A_message_in_flight_when_the_ingest_stops_is_committed_and_acknowledged_and_later_ones_are_neither()
    {
        var twins = new FakeTwins();
        twins.Hold();
        var host = await IngestHost.StartAsync(twins, ("DrainTimeMax", "00:01:00"));
        using var client = await RawClient.ConnectAsync(host.Port, 0);
        ushort sent = 0;
        await PublishAsync();
        await IngestHost.UntilAsync(() => twins.Calls.Count == 1, "the twin is called");
        var stopping = host.DisposeAsync();

        // Messages are taken until the stop has come as far as the connection, and none from then on.
        for (var untaken = 0; untaken < 2; untaken = twins.Calls.Count == sent ? 0 : untaken + 1)
        {
            await PublishAsync();
            await Task.Delay(200);
        }

        var taken = twins.Calls.Count;
        twins.Release();
        await stopping;
        Assert.InRange(taken, 1, sent - 2);
        Assert.Equal(Enumerable.Range(1, taken).Select(i => (long)i), twins.Committed.Select(batch => batch.Sequence).Order());
        for (var i = 1; i <= taken; i++)
        {
            Assert.Equal(i, await client.ReadAcknowledgementAsync());
        }

        await Assert.ThrowsAnyAsync<IOException>(client.ReadAcknowledgementAsync);

        async Task PublishAsync()
        {
            var batch = IngestHost.Batch("press-07", ++sent);
            await client.PublishAsync(SampleTopic.Of(batch.Machine), SamplePayload.Write(batch), sent);
        }
    }
}
