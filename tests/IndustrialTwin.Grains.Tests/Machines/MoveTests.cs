using IndustrialTwin.Cluster;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Machines;

/// <summary>Twins that move between silos.</summary>
public class MoveTests(TwinCluster cluster)
{
    [Fact]
    public async Task A_twin_that_moves_takes_along_what_was_not_stored_and_reads_nothing_again()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        cluster.Store.Break(key.Value);
        for (var sequence = 0; sequence < 10; sequence++)
        {
            await grain.Observe(Plant.Batch(sequence, machine: key));
        }

        var before = await cluster.CaughtUpAsync(key);
        var (read, claims) = (cluster.Log.ReadBackOf(key), cluster.Log.ClaimsOf(key));
        await cluster.MoveAsync(key);
        var after = await cluster.CaughtUpAsync(key);
        Assert.Equal(claims + 1, cluster.Log.ClaimsOf(key));
        Assert.Equal(read, cluster.Log.ReadBackOf(key));
        Assert.Equal(before.Counts.BatchesAccepted, after.Counts.BatchesAccepted);
        Assert.Equal(before.AnalysedPosition, after.AnalysedPosition);
        Assert.Equal(before.Channels, after.Channels);
        Assert.Equal(ObserveOutcome.Duplicate, (await grain.Observe(Plant.Batch(9, machine: key))).Outcome);
        Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(10, machine: key))).Outcome);
        Assert.Equal(before.Counts.BatchesAccepted + 1, (await cluster.CaughtUpAsync(key)).Counts.BatchesAccepted);
    }
}
