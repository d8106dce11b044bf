using IndustrialTwin.Mqtt;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Demonstration;

public sealed class DemonstrationDeviceTests
{
    [Fact]
    public async Task Every_machine_publishes_without_a_gap_while_the_log_fails_and_comes_back()
    {
        var twins = new FakeTwins();
        await using var host = await IngestHost.StartAsync(twins, ("Demonstration:Enabled", "true"));
        await IngestHost.UntilAsync(() => twins.Committed.Select(batch => batch.Machine).Distinct().Count() == 5, "all machines publish");
        twins.IsAvailable = () => false;
        await IngestHost.UntilAsync(() => host.Ingest.ReadCounts().Refused >= 5, "batches are refused");
        await Task.Delay(1_000);
        twins.IsAvailable = () => true;
        var before = twins.Committed.Count;
        await IngestHost.UntilAsync(() => twins.Committed.Count > before + 15, "the machines send what they kept");
        host.AssertBalanced();
        foreach (var machine in twins.Committed.GroupBy(batch => batch.Machine))
        {
            var batches = machine.OrderBy(batch => batch.Sequence).ToList();
            Assert.Single(batches.Select(batch => batch.Epoch).Distinct());
            Assert.Equal(Enumerable.Range(0, batches.Count).Select(i => (long)i), batches.Select(batch => batch.Sequence));
            Assert.InRange(DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(batches[0].Epoch), TimeSpan.Zero, TimeSpan.FromMinutes(1));
            var times = batches.SelectMany(batch => batch.Columns[0].TimesUs).ToList();
            Assert.Equal(times.Order(), times);
        }
    }

    [Fact]
    public async Task The_machines_come_through_mosquitto_as_well()
    {
        await using var broker = await MosquittoServer.StartOrSkipAsync();
        var twins = new FakeTwins();
        await using var host = await IngestHost.StartAsync(
            twins, ("Mode", "External"), ("Port", $"{broker.Port}"), ("Demonstration:Enabled", "true"));
        await IngestHost.UntilAsync(() => twins.Committed.Select(batch => batch.Machine).Distinct().Count() == 5, "all machines publish");
        Assert.Empty(twins.Quarantined);
        Assert.All(twins.Committed, batch => Assert.Equal(SampleBatch.DefaultSource, batch.Source));
    }
}
