using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class TierTests
{
    private const int Edge = 1;
    private const int Site = 2;
    private const int Cloud = 3;

    private static readonly TierPlace[] Places =
    [
        new("wuhan", Edge, "cn"), new("wuhan", Edge, "cn"), new("leipzig", Edge, "eu"), new("leipzig", Site, "eu"), new("paris", Site, "eu"),
        new("cloud-a", Cloud, "us"), new("cloud-b", Cloud, "cn"), new("cloud-c", Cloud, "cn"),
    ];

    [Theory]
    [InlineData("wuhan", "leipzig")]
    [InlineData("leipzig", "cloud-a")]
    [InlineData("cloud-a", null)]
    [InlineData("lyon", "leipzig")]
    public void The_tier_above_is_the_next_higher_one_of_another_site(string site, string? above) => Assert.Equal(above, TierRule.Above(Places, site));

    [Fact]
    public void Of_several_tiers_above_the_own_region_s_goes_first_and_then_the_first_name()
    {
        Assert.Equal("cloud-b", TierRule.Above([new("wuhan", Edge, "cn"), .. Places.Where(place => place.Rank == Cloud)], "wuhan"));
        Assert.Null(TierRule.Above([new("wuhan", Edge), new("leipzig", Edge), new(string.Empty, Cloud)], "wuhan"));
        Assert.Null(TierRule.Above([new("wuhan", Edge), new("leipzig", Edge)], "lyon"));
    }

    [Fact]
    public void All_callers_know_the_same_tier_above_and_going_up_comes_to_an_end() =>
        Gen.Select(Gen.OneOfConst("", "a", "b", "c", "d"), Gen.Int[0, 3], Gen.OneOfConst("", "x", "y")).Array[0, 12].Sample(drawn =>
        {
            TierPlace[] places = [.. drawn.Select(place => new TierPlace(place.Item1, place.Item2, place.Item3))];
            var steps = 0;
            for (var site = "a"; TierRule.Above(places, site) is { } above; site = above)
            {
                Assert.Equal(above, TierRule.Above([.. places.Reverse()], site));
                Assert.True(++steps <= 4);
            }
        });

    [Fact]
    public void A_node_does_its_own_site_s_work_and_one_of_none_that_of_any()
    {
        Assert.True(TierRule.Serves("wuhan", "wuhan") && TierRule.Serves(string.Empty, "wuhan") && !TierRule.Serves("leipzig", "wuhan"));
        Assert.True(TierRule.MayTakeOver("wuhan", "wuhan") && TierRule.MayTakeOver(string.Empty, "wuhan"));
        Assert.False(TierRule.MayTakeOver("leipzig", "wuhan") || TierRule.MayTakeOver("wuhan", string.Empty));
    }

    [Fact]
    public void What_the_tier_above_said_counts_for_a_while_with_the_way_as_it_was_measured()
    {
        var outlook = new TierOutlook(1_000_000, 500);
        var terms = new WorkTerms(RequestClass.Monitor, 10_000);
        Assert.True(outlook.IsStale(0));
        Assert.False(outlook.GoesUp(terms, 0));
        outlook.Heard(0, 200, 9_000);
        Assert.False(outlook.IsStale(699));
        Assert.True(outlook.GoesUp(terms, 300));
        Assert.False(outlook.GoesUp(terms, 650));
        Assert.False(outlook.GoesUp(terms with { Class = RequestClass.Control }, 300));
        Assert.True(outlook.IsStale(700));
    }

    [Fact]
    public void A_queue_says_how_long_it_would_take_and_admits_nothing()
    {
        var queue = new WorkQueue<int, string>(PolicyOptions.Default);
        var terms = new WorkTerms(RequestClass.Monitor, 1_000_000);
        queue.Calibrate("a", new CostEstimate(2_000, 125, 0));
        Assert.Equal(2_125, queue.ServiceUs(terms, 50));
        for (var i = 0; i < 128; i++)
            queue.Submit(i, terms, 50);
        Assert.Equal(30_000, queue.ServiceUs(terms, 50), 10.0);
        Assert.Equal(128, queue.Count);
    }

    [Fact]
    public void Answers_are_recalled_until_newer_ones_need_their_room() => Gen.Select(Gen.Int[0, 20], Gen.Long[0, 12]).Array[0, 100].Sample(kept =>
    {
        var memory = new AnswerMemory<int, int>(5, 20);
        foreach (var (request, weight) in kept)
        {
            var wasKnown = memory.TryRecall(request, out var before);
            memory.Keep(request, wasKnown ? -1 : request, weight);
            Assert.True(memory.TryRecall(request, out var answer));
            Assert.Equal(wasKnown ? before : request, answer);
            Assert.InRange(memory.Count, 1, 5);
            Assert.InRange(memory.Weight, 0, 20);
        }

        memory.Keep(99, 1, 21);
        Assert.False(memory.TryRecall(99, out _));
    });
}
