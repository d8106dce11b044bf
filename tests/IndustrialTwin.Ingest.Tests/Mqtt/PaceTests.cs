using System.Diagnostics.Metrics;

namespace IndustrialTwin.Mqtt;

public sealed class PaceTests
{
    [Fact]
    public async Task A_client_that_sends_too_much_is_read_more_slowly_and_loses_nothing()
    {
        const int PerSecond = 50, Messages = 150;
        var delayed = 0L;
        using var meters = new MeterListener { InstrumentPublished = (instrument, meters) => { if (instrument.Name == "itwin.mqtt.delayed") { meters.EnableMeasurementEvents(instrument); } } };
        meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref delayed, count));
        meters.Start();
        await using var host = await IngestHost.StartAsync(null, ("MessagesPerSecondMax", $"{PerSecond}"));
        using var greedy = await host.ConnectAsync();
        using var calm = await host.ConnectAsync();
        var began = TimeProvider.System.GetTimestamp();
        var sending = Task.WhenAll(Enumerable.Range(0, Messages).Select(sequence => greedy.PublishAsync(IngestHost.Message(IngestHost.Batch("press-07", sequence)), IngestHost.Deadline)));
        Assert.True((await calm.PublishAsync(IngestHost.Message(IngestHost.Batch("press-08", 0)), IngestHost.Deadline)).IsSuccess);
        Assert.False(sending.IsCompleted); // The other has not waited for it.
        Assert.All(await sending, answer => Assert.True(answer.IsSuccess));
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took >= TimeSpan.FromSeconds((Messages - PerSecond) * 0.95 / PerSecond), $"{took}");
        Assert.Equal(Messages + 1, host.Twins.Committed.Count);
        Assert.Equal(Enumerable.Range(0, Messages).Select(number => (long)number), host.Twins.Calls.Where(batch => batch.Machine.Name == "press-07").Select(batch => batch.Sequence));
        Assert.True(Interlocked.Read(ref delayed) > 0);
        await host.Lines.UntilAsync($"Mqtt:MessagesPerSecondMax = {PerSecond} messages a second; it is read no faster");
        Assert.True(greedy.IsConnected);
    }
}
