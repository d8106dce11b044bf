using Xunit;

namespace IndustrialTwin.Protocols;

/// <summary>The checks can fail: each fault that breaks a promise is seen within a few seeds.</summary>
public class MutationTests
{
    private const int SeedsMax = 30;

    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None))];

    [Theory, MemberData(nameof(Mutations))]
    public void A_broken_promise_is_seen(string mutation)
    {
        var seen = Enumerable.Range(1, SeedsMax).FirstOrDefault(seed => !TwinRun.Run(seed, Enum.Parse<Mutation>(mutation)).IsGood);
        Assert.True(seen > 0, $"{mutation} went unseen in {SeedsMax} seeds.");
    }
}
