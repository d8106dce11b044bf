using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class PullPolicyTests
{
    private static readonly QueueOffer Calm = new(64, 1, 50_000, false, false, false);
    private readonly PullPolicy _pull = new(8, PolicyOptions.Default with { Probes = 4 });
    private readonly int[] _chosen = new int[8];

    [Fact]
    public void It_probes_different_queues_and_chooses_after_the_last_answer()
    {
        Assert.True(_pull.TryBegin(false, new Random(1), _chosen, out var count));
        Assert.Equal(4, count);
        Assert.Equal(4, _chosen.Take(4).Distinct().Count());
        for (var i = 0; i < 4; i++)
            Assert.Equal(i == 3, _pull.Answered(_chosen[i], i == 2 ? Calm : default));
        Assert.True(_pull.TryChoose(out var queue));
        Assert.Equal(_chosen[2], queue);
        Assert.True(_pull.IsPulling);
        _pull.TookBatch(queue);
        Assert.False(_pull.IsPulling);
    }

    [Fact]
    public void Control_goes_first_then_the_unpromised_then_the_urgent_then_the_fullest()
    {
        Assert.Equal(1, Chosen(Calm, Calm with { IsControl = true, Fill = 0.1 }));
        Assert.Equal(0, Chosen(Calm with { Fill = 0.1 }, Calm with { IsPromised = true, IsUrgent = true }));
        Assert.Equal(1, Chosen(Calm, Calm with { IsUrgent = true, Fill = 0.1 }));
        Assert.Equal(1, Chosen(Calm with { IsUrgent = true }, Calm with { IsUrgent = true, LatestStartUs = 1, Fill = 0.1 }));
        Assert.Equal(0, Chosen(Calm, Calm with { LatestStartUs = 1, Fill = 0.9 }));
        Assert.Equal(1, Chosen(Calm, Calm with { LatestStartUs = 1 }));
    }

    [Fact]
    public void Where_nothing_is_found_it_rests_and_the_next_time_goes_to_the_board_at_once()
    {
        Assert.Equal(-1, Chosen(default, default));
        _pull.Rest(0);
        Assert.True(_pull.IsResting);
        Assert.True(_pull.Given(100_000));
        Assert.False(_pull.TryBegin(false, new Random(1), _chosen, out _));
    }

    [Fact]
    public void Work_that_was_there_already_ends_the_quiet()
    {
        _pull.Rest(0);
        Assert.True(_pull.Given(10));
        Assert.True(_pull.TryBegin(false, new Random(1), _chosen, out _));
    }

    [Fact]
    public void An_idle_device_does_not_ask_round() => Assert.False(_pull.TryBegin(true, new Random(1), _chosen, out _));

    [Fact]
    public void What_it_did_not_wait_for_is_not_taken()
    {
        Assert.False(_pull.Given(0));
        _pull.Rest(0);
        _pull.Leave();
        Assert.False(_pull.Given(1));
    }

    [Fact]
    public void An_answer_twice_counts_once()
    {
        _pull.TryBegin(false, new Random(1), _chosen, out _);
        Assert.False(_pull.Answered(_chosen[0], Calm));
        Assert.False(_pull.Answered(_chosen[0], default));
        Assert.False(_pull.Answered(_chosen[1], default));
        Assert.False(_pull.Unanswered(_chosen[2]));
        Assert.True(_pull.Unanswered(_chosen[3]));
        Assert.True(_pull.TryChoose(out var queue));
        Assert.Equal(_chosen[0], queue);
    }

    [Fact]
    public void It_begins_once_at_a_time()
    {
        _pull.TryBegin(false, new Random(1), _chosen, out _);
        Assert.Throws<InvalidOperationException>(() => _pull.TryBegin(false, new Random(1), _chosen, out _));
    }

    [Fact]
    public void The_lead_covers_round_trips_and_the_prediction_error()
    {
        _pull.RoundTrip.Observe(100);
        Assert.True(_pull.PullAtUs(10_000, 500) <= 10_000 - 500 - 300);
    }

    [Fact]
    public void Random_choices_are_different_and_in_range() => Gen.Select(Gen.Int[0, 50], Gen.Int[0, 50], Gen.Int).Sample((count, wanted, seed) =>
    {
        var chosen = new int[wanted];
        var filled = RandomChoice.Distinct(new Random(seed), count, chosen);
        Assert.Equal(Math.Min(count, wanted), filled);
        Assert.Equal(filled, chosen.Take(filled).Distinct().Count());
        Assert.All(chosen.Take(filled), number => Assert.InRange(number, 0, count - 1));
    });

    private static int Chosen(QueueOffer first, QueueOffer second)
    {
        var pull = new PullPolicy(2, PolicyOptions.Default);
        pull.TryBegin(false, new Random(1), new int[8], out _);
        pull.Answered(0, first);
        pull.Answered(1, second);
        return pull.TryChoose(out var queue) ? queue : -1;
    }
}
