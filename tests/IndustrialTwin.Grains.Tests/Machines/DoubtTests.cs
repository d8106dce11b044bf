using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Controls;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Machines;

/// <summary>What a twin does while its log cannot be reached, and what it knows when it wakes up.</summary>
public class DoubtTests(TwinCluster cluster)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Control_goes_on_while_the_log_is_away_and_the_log_settles_what_was_in_doubt(bool isThere)
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
        {
            Controls = [new ControlDeclaration("follow", "force", 2, Statistic.Maximum, new ProportionalLaw(0, -1, 0, -1e9, 1e9), "set", TimeSpan.FromSeconds(10))],
        });
        await grain.Observe(Plant.Batch(0, machine: key));
        var fence = (await CommandsAsync(1))[^1].Fence;

        cluster.Log.Break(key, isThere ? LogFault.FailsAfter : LogFault.FailsBefore);
        Assert.True((await Assert.ThrowsAsync<LogUnavailableException>(() => grain.Observe(Plant.Batch(1, machine: key)))).IsInDoubt);
        cluster.Log.Break(key, LogFault.Refuses);
        foreach (var sequence in new[] { 2, 3, 2, 3 }) // Their sender repeats what was refused; no decision is made twice.
        {
            await Assert.ThrowsAsync<LogUnavailableException>(() => grain.Observe(Plant.Batch(sequence, machine: key)));
        }

        var commands = await CommandsAsync(4);
        Assert.Equal([0, 1, 2, 3], commands.Select(command => command.Sequence));
        Assert.All(commands, command => Assert.Equal(fence, command.Fence));
        Assert.True((await grain.GetSnapshot()).IsDeclared);

        cluster.Log.Break(key, LogFault.None);
        Assert.Equal(isThere ? ObserveOutcome.Duplicate : ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(1, machine: key))).Outcome);
        foreach (var sequence in new[] { 2, 3, 4 })
        {
            Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(sequence, machine: key))).Outcome);
        }

        Assert.True((await CommandsAsync(5))[^1].Fence > fence);
        var counts = (await cluster.CaughtUpAsync(key)).Counts;
        Assert.Equal((5, 100, 0), (counts.BatchesAccepted, counts.SamplesAccepted, counts.SequenceGaps));
        Assert.Equal(50 / 8, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);

        async Task<List<MachineCommand>> CommandsAsync(int count)
        {
            await TwinCluster.UntilAsync(() => Task.FromResult(cluster.Commands.To(key).Count() >= count));
            return [.. cluster.Commands.To(key)];
        }
    }

    [Fact]
    public async Task The_first_look_at_a_twin_that_woke_up_shows_what_the_log_has_beyond_the_checkpoint()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        cluster.Store.Break(key.Value);
        Assert.True(await grain.Apply(Plant.Declaration(key, revision: "2")));
        Assert.Equal("2", (await grain.GetSnapshot()).Revision);
        for (var moves = 0; moves < 5; moves++)
        {
            var claims = cluster.Log.ClaimsOf(key);
            await grain.AsReference<Orleans.Core.Internal.IGrainManagementExtension>().DeactivateOnIdle();
            while (cluster.Log.ClaimsOf(key) == claims)
            {
                Assert.Equal("2", (await grain.GetSnapshot()).Revision);
            }
        }
    }

    [Fact]
    public async Task Points_that_were_refused_are_computed_again_by_the_next_activation()
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with { Analyses = [declaration.Analyses[0]] });
        await grain.Observe(Plant.Batch(0, machine: key));
        await cluster.CaughtUpAsync(key);
        var held = cluster.Log.HoldPoints(key);
        await grain.Observe(Plant.Batch(1, machine: key));
        await cluster.Log.ClaimAsync(key, default); // As another activation would, while this one's points are on their way.
        held.SetResult();
        await TwinCluster.UntilAsync(async () =>
        {
            try
            {
                return (await grain.Observe(Plant.Batch(2, machine: key))).Outcome is ObserveOutcome.Accepted or ObserveOutcome.Duplicate;
            }
            catch (LogUnavailableException)
            {
                return false;
            }
        });
        await cluster.CaughtUpAsync(key);
        Assert.Equal(30 / 8, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);
    }

    [Fact]
    public async Task Commands_are_counted_on_when_the_declaration_changes()
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with { Controls = [Follow(-1)] });
        for (var sequence = 0; sequence < 4; sequence++)
        {
            await grain.Observe(Plant.Batch(sequence, machine: key));
            await TwinCluster.UntilAsync(() => Task.FromResult(cluster.Commands.To(key).Count() == sequence + 1));
            Assert.True(await grain.Apply(Plant.Declaration(key, revision: $"{sequence + 2}") with { Controls = [Follow(-2 - sequence)] }));
        }

        Assert.Equal([1, 2, 3, 4], cluster.Commands.To(key).Select(command => command.Number));

        static ControlDeclaration Follow(double gain) => new(
            "follow", "force", 2, Statistic.Maximum, new ProportionalLaw(0, gain, 0, -1e9, 1e9), "set", TimeSpan.FromSeconds(10));
    }
}
