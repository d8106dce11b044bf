using IndustrialTwin.Cluster;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace IndustrialTwin.Machines;

/// <summary>What the simulation of the protocol found once, each with a test of its own.</summary>
public class ProtocolTests(TwinCluster cluster)
{
    [Fact]
    public async Task A_batch_sent_twice_at_once_is_acknowledged_neither_time_where_it_was_fenced()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await grain.Observe(Plant.Batch(0, machine: key));
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            await cluster.Log.ClaimAsync(key, default); // As another activation would, of which this one does not know.
            var batch = Plant.Batch(sequence, machine: key);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SettledAsync(batch)));
            var logged = await cluster.Log.ReadAsync(key, 0, default).ToListAsync();
            Assert.Single(logged, entry => entry.Sequence == sequence && entry.Kind == LogEntryKind.Samples);
        }

        async Task SettledAsync(SampleBatch batch)
        {
            while (true)
            {
                try
                {
                    await grain.Observe(batch);
                    Assert.Contains(
                        await cluster.Log.ReadAsync(key, 0, default).ToListAsync(),
                        entry => entry.Sequence == batch.Sequence && entry.Kind == LogEntryKind.Samples);
                    return;
                }
                catch (LogUnavailableException)
                {
                    await Task.Delay(5);
                }
            }
        }
    }

    [Fact]
    public async Task What_was_not_read_back_comes_before_what_came_meanwhile()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        cluster.Store.Break(key.Value); // So that the next activation reads the whole log.
        for (var sequence = 0; sequence < 20; sequence++)
        {
            await grain.Observe(Plant.Batch(sequence, machine: key));
        }

        await cluster.CaughtUpAsync(key);
        cluster.Log.BreakReading(key, afterEntries: 3);
        await cluster.SleepAsync(key);
        await grain.Observe(Plant.Batch(20, machine: key));
        var snapshot = await cluster.CaughtUpAsync(key);
        Assert.Equal((21, 420, 0), (snapshot.Counts.BatchesAccepted, snapshot.Counts.SamplesAccepted, snapshot.Counts.SequenceGaps));
        Assert.Equal(210 / 8, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);
    }

    [Fact]
    public async Task A_machine_whose_checkpoint_was_lost_is_still_declared()
    {
        var key = TwinCluster.NewMachine();
        cluster.Store.Break(key.Value);
        var grain = cluster.Machine(key);
        Assert.True(await grain.Apply(Plant.Declaration(key)));
        await cluster.SleepAsync(key);
        Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(0, machine: key))).Outcome);
        Assert.True((await grain.GetSnapshot()).IsDeclared);
        Assert.False(await grain.Apply(Plant.Declaration(key)));
    }

    [Fact]
    public async Task A_twin_that_no_line_told_of_its_declaration_finds_it_in_the_log_before_it_rejects()
    {
        var key = TwinCluster.NewMachine();
        var grain = cluster.Machine(key);
        Assert.Equal(QuarantineReason.UnknownMachine, (await grain.Observe(Plant.Batch(0, machine: key))).Reason);

        // As another activation would, while this one stays awake.
        await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var payload = new MachineEventCodec(services.GetRequiredService<Serializer<MachineEvent>>()).Encode(new MachineDeclared(Plant.Declaration(key)));
        var fence = await cluster.Log.ClaimAsync(key, default);
        await cluster.Log.AppendAsync(new LogEntry(key, fence, LogEntryKind.Event, MachineEvent.Source, fence, 0, payload, 0, 0, 0, []), default);
        Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(0, machine: key))).Outcome);
    }

    [Fact]
    public async Task Batches_are_screened_by_the_newest_declaration_while_the_twin_still_catches_up()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        cluster.Store.Break(key.Value);
        var next = Plant.Declaration(key, revision: "2");
        Assert.True(await grain.Apply(next with { Channels = [.. next.Channels, new ChannelDeclaration("torque", "Nm", 0, 100, 1000)] }));
        await cluster.SleepAsync(key);
        var batch = Plant.Batch(0, machine: key);
        var reply = await grain.Observe(batch with { Columns = [.. batch.Columns, new SampleColumn("torque", batch.Columns[0].TimesUs, new double[10])] });
        Assert.Equal((30, 0), (reply.SamplesAccepted, reply.SamplesQuarantined));
    }
}
