using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class RuleTests
{
    [Fact]
    public void The_earliest_finish_wins_and_refusals_do_not()
    {
        Assert.Equal(1, BidPolicy.Best([new Bid(30), new Bid(10), new Bid(5, true), new Bid(10)]));
        Assert.Equal(-1, BidPolicy.Best([Bid.Refused, Bid.Refused]));
        Assert.Equal(5, BidPolicy.EarliestUs([new Bid(5, true), new Bid(7, true)]));
    }

    [Fact]
    public void A_bid_beyond_the_deadline_is_a_refusal_that_says_when() => Gen.Select(Gen.Long[0, 1_000], Gen.Long[0, 2_000], Gen.Long[0, 500], Gen.Long[1, 500], Gen.Long[0, 3_000]).Sample(
        (now, free, waiting, service, deadline) =>
        {
            var bid = BidPolicy.Make(now, free, waiting, service, deadline);
            Assert.Equal(Math.Max(now, free) + waiting + service, bid.FinishUs);
            Assert.Equal(bid.FinishUs > deadline, bid.IsRefused);
        });

    [Fact]
    public void A_thief_must_be_quicker_and_in_time()
    {
        Assert.True(BidPolicy.IsStolen(100, 90, 95));
        Assert.False(BidPolicy.IsStolen(100, 100, 200));
        Assert.False(BidPolicy.IsStolen(100, 90, 80));
    }

    [Fact]
    public void Pauses_double_to_the_longest_and_are_short_again_after_a_hit() => Gen.Int.Sample(seed =>
    {
        var backoff = new StealBackoff(100, 1_000);
        var random = new Random(seed);
        foreach (var pause in new[] { 100, 200, 400, 800, 1_000, 1_000 })
            Assert.InRange(backoff.Missed(5_000, random), 5_000 + pause / 2, 5_000 + pause + 1);
        backoff.Reset();
        Assert.InRange(backoff.Missed(0, random), 50, 101);
    });

    [Fact]
    public void A_tier_up_only_if_slack_is_more_than_the_way_and_the_work()
    {
        Assert.True(TierRule.GoesUp(new WorkTerms(RequestClass.Monitor, 1_031), 1_000, 20, 10));
        Assert.False(TierRule.GoesUp(new WorkTerms(RequestClass.Monitor, 1_030), 1_000, 20, 10));
        Assert.True(TierRule.GoesUp(new WorkTerms(RequestClass.Monitor, 1_010, 1, 1_031), 1_000, 20, 10));
        Assert.False(TierRule.GoesUp(new WorkTerms(RequestClass.Control, 9_000), 1_000, 20, 10));
    }

    [Fact]
    public void Large_payloads_travel_by_reference()
    {
        var options = PolicyOptions.Default with { InlineBytesMax = 100 };
        Assert.False(PayloadRule.IsByReference(100, options));
        Assert.True(PayloadRule.IsByReference(101, options));
    }

    [Fact]
    public void A_caller_asks_again_at_half_time_while_there_is_time_enough()
    {
        Assert.Equal(1_500, RetryRule.RetryAtUs(1_000, 2_000, 500));
        Assert.Equal(long.MaxValue, RetryRule.RetryAtUs(1_000, 2_000, 501));
    }

    [Fact]
    public void The_first_answer_ends_a_request() => Gen.Select(Gen.Int[0, 9], Gen.Enum<RequestEnd>()).Array[0, 100].Sample(answers =>
    {
        var ledger = new RequestLedger<int>();
        for (var request = 0; request < 10; request++)
            Assert.True(ledger.TryOpen(request));
        Assert.False(answers.Length > 0 && ledger.TryOpen(answers[0].Item1));
        var ended = new HashSet<int>();
        foreach (var (request, end) in answers)
            Assert.Equal(ended.Add(request), ledger.TryEnd(request, end));
        Assert.Equal(ended.Count, Enum.GetValues<RequestEnd>().Sum(ledger.Ended));
        Assert.Equal((10 - ended.Count, answers.Length - ended.Count), (ledger.Open, ledger.Surplus));
    });

    [Fact]
    public void A_rate_counts_only_while_work_waits_and_only_after_something_was_dropped()
    {
        var rate = new DrainRate { MemoryUs = 1_000 };
        Assert.Equal(7, rate.UnitsPerUs(0, 7));
        rate.Waiting(1_000);
        rate.Taken(50, 1_100, false);
        rate.Waiting(900_000);
        rate.Taken(50, 900_100, true);
        Assert.Equal(7, rate.UnitsPerUs(900_100, 7));
        rate.Dropped(900_100);
        Assert.Equal(0.5, rate.UnitsPerUs(900_100, 7), 0.01);
        Assert.Equal(7, rate.UnitsPerUs(9_000_000, 7), 0.01);
    }

    [Fact]
    public void A_round_trip_is_learned()
    {
        var roundTrip = new RoundTripEstimate(10_000);
        Assert.Equal(10_000, roundTrip.MeanUs);
        for (var i = 0; i < 200; i++)
            roundTrip.Observe(i % 2 == 0 ? 90 : 110);
        Assert.InRange(roundTrip.MeanUs, 95, 105);
        Assert.InRange(roundTrip.BoundUs, 110, 160);
    }

    [Fact]
    public void An_option_out_of_range_is_named()
    {
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => (PolicyOptions.Default with { Probes = 0 }).Validate());
        Assert.Contains("PolicyOptions.Probes must lie in 1..64", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkQueue<int, int>(PolicyOptions.Default with { LeadRoundTrips = double.NaN }));
    }
}
