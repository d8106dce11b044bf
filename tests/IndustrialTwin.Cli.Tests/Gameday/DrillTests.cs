using IndustrialTwin.Bench;
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
        Drill[] drills = [new RogueClientDrill(), new WrongCertificateDrill(), new StolenKeyDrill(), new CrossTenantDrill(), new TopicSpoofingDrill()];
        foreach (var drill in drills)
        {
            var result = await Trial.RunAsync(drill, grounds, Cancellation);
            Assert.True(result.Verdict == Verdict.Failed && !result.Observed.Any(seen => seen.Text.StartsWith("the drill broke", StringComparison.Ordinal)), Told(result));
        }
    }

    private static string Told(DrillResult result) => $"{result.Name}: {result.VerdictText}\n{string.Join('\n', result.Observed.Select(seen => $"{seen.Held} {seen.Text}"))}";
}
