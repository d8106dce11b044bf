using IndustrialTwin.Bench;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IndustrialTwin.Gameday;

/// <summary>The drills that need one silo, against a real one: what is to hold holds, and a silo without security is found out.</summary>
public sealed class DrillTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_as_it_should_be_holds()
    {
        await using var grounds = new Grounds(BenchSilo.Find(null));
        Drill[] drills =
        [
            new WrongCertificateDrill(), new ReplayedMessageDrill(), new PoisonedPayloadDrill(), new StolenKeyDrill(), new RogueClientDrill(), new CrossTenantDrill(),
            new TopicSpoofingDrill(), new ClockSkewDrill(),
        ];
        foreach (var drill in drills)
        {
            var result = await Trial.RunAsync(drill, grounds, Cancellation);
            Assert.True(result.Verdict == Verdict.Held, Told(result));
        }
    }

    [Fact]
    public async Task A_silo_without_security_fails_the_drills_of_security()
    {
        await using var grounds = new Grounds(BenchSilo.Find(null), isSecured: false);
        Drill[] drills =
        [
            new RogueClientDrill(), new WrongCertificateDrill(), new StolenKeyDrill(), new CrossTenantDrill(), new TopicSpoofingDrill(), new UnsignedModelDrill(),
        ];
        foreach (var drill in drills)
        {
            var result = await Trial.RunAsync(drill, grounds, Cancellation);
            Assert.True(result.Verdict == Verdict.Failed && !result.Observed.Any(seen => seen.Text.StartsWith("the drill broke", StringComparison.Ordinal)), Told(result));
        }
    }

    /// <summary>The check that the drills of kills, disks, databases and partitions end with.</summary>
    [Fact]
    public async Task What_was_acknowledged_and_is_not_stored_is_found_out()
    {
        await using var grounds = new Grounds(BenchSilo.Find(null), isSecured: false);
        var result = await Trial.RunAsync(new LossyDrill(), grounds, Cancellation);
        Assert.Equal(Verdict.Failed, result.Verdict);
        Assert.Contains($"of them lost {DrillPlant.RowsPerBatch},", Assert.Single(result.Observed).Text, StringComparison.Ordinal);
    }

    private static string Told(DrillResult result) => $"{result.Name}: {result.VerdictText}\n{string.Join('\n', result.Observed.Select(seen => $"{seen.Held} {seen.Text}"))}";

    /// <summary>Takes a batch out of the log that was acknowledged.</summary>
    private sealed class LossyDrill : Drill
    {
        public override string Name => "lossy";

        public override string Attempted => "a batch is taken out of the log";

        public override string Expected => "it is found out";

        public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
        {
            await using var place = await trial.OwnAsync(new InstallationPlan(), cancellationToken);
            await using var load = await DeviceLoad.StartAsync(place, "lossy", 1, TimeSpan.FromMilliseconds(50), cancellationToken);
            await load.DrainAsync(Installation.Patience, cancellationToken);
            await place.Silo.KillAsync();
            await using (var log = new SqliteConnection($"Data Source={Path.Combine(place.Data, "twin.db")};Pooling=False"))
            {
                await log.OpenAsync(cancellationToken);
                await using var command = new SqliteCommand("DELETE FROM entry WHERE kind = 0 AND sequence = 1", log);
                Assert.Equal(1, await command.ExecuteNonQueryAsync(cancellationToken));
            }

            await place.RestartAsync(cancellationToken);
            await load.CheckAsync(trial, cancellationToken);
        }
    }
}
