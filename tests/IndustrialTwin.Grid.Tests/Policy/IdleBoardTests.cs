using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class IdleBoardTests
{
    private readonly IdleBoard<string, int> _board = new();

    [Fact]
    public void It_brings_together_who_waits_longest()
    {
        _board.Rests(1, 10);
        _board.Rests(2, 20);
        Assert.False(_board.TryMatch(out _, out _, out _));
        _board.Wants("spectrum", new BoardCall(1, 1));
        Assert.True(_board.TryMatch(out var queue, out var device, out var freeUs));
        Assert.Equal(("spectrum", 1, 10), (queue, device, freeUs));
        Assert.False(_board.TryMatch(out _, out _, out _));
        Assert.Equal((1, 0), (_board.Idle, _board.Calling));
    }

    [Fact]
    public void Queues_that_want_several_take_turns()
    {
        _board.Wants("a", new BoardCall(2, 1));
        _board.Wants("b", new BoardCall(1, 1));
        for (var device = 0; device < 4; device++)
            _board.Rests(device, 0);
        List<string> queues = [];
        while (_board.TryMatch(out var queue, out _, out _))
            queues.Add(queue);
        Assert.Equal(["a", "b", "a"], queues);
        Assert.Equal(1, _board.Idle);
    }

    [Fact]
    public void Of_two_calls_that_overtook_each_other_the_later_counts()
    {
        _board.Wants("a", new BoardCall(0, 2));
        _board.Wants("a", new BoardCall(1, 1));
        _board.Rests(1, 0);
        Assert.False(_board.TryMatch(out _, out _, out _));
    }

    [Fact]
    public void Who_leaves_is_not_named_and_who_says_it_twice_is_named_once()
    {
        _board.Rests(1, 0);
        _board.Rests(2, 0);
        _board.Rests(2, 0);
        _board.Leaves(1);
        _board.Wants("a", new BoardCall(5, 1));
        Assert.True(_board.TryMatch(out _, out var device, out _));
        Assert.Equal(2, device);
        Assert.False(_board.TryMatch(out _, out _, out _));
    }

    [Fact]
    public void A_queue_meets_accelerators_of_its_own_site_and_of_none()
    {
        _board.Wants("wuhan", new BoardCall(2, 1), "wuhan");
        _board.Rests(1, 0, "leipzig");
        Assert.False(_board.TryMatch(out _, out _, out _));
        _board.Rests(2, 0);
        _board.Rests(3, 0, "wuhan");
        List<int> named = [];
        while (_board.TryMatch(out var queue, out var device, out _))
        {
            Assert.Equal("wuhan", queue);
            named.Add(device);
        }

        Assert.Equal([2, 3], named);
        Assert.Equal((1, 0), (_board.Idle, _board.Calling));
    }

    [Fact]
    public void Whoever_could_meet_does_and_nobody_else() => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 9]).Array[1, 100].Sample(steps =>
    {
        var board = new IdleBoard<int, int>();
        string[] sites = ["", "a", "b", "c"];
        Dictionary<int, string> idle = [];
        Dictionary<int, (string Site, int Wanted)> calling = [];
        var said = 0;
        foreach (var (kind, site, number) in steps)
        {
            switch (kind)
            {
                case 0:
                    board.Rests(number, 0, sites[site]);
                    idle.TryAdd(number, sites[site]);
                    break;
                case 1:
                    board.Leaves(number);
                    idle.Remove(number);
                    break;
                default:
                    // A queue is of one site for ever.
                    var home = sites[1 + number % 3];
                    board.Wants(number, new BoardCall(site, ++said), home);
                    calling.Remove(number);
                    if (site > 0)
                        calling.Add(number, (home, site));
                    break;
            }

            while (board.TryMatch(out var queue, out var device, out _))
            {
                Assert.True(TierRule.Serves(idle[device], calling[queue].Site));
                idle.Remove(device);
                calling[queue] = calling[queue] with { Wanted = calling[queue].Wanted - 1 };
                if (calling[queue].Wanted == 0)
                    calling.Remove(queue);
            }

            Assert.Equal((idle.Count, calling.Count), (board.Idle, board.Calling));
            Assert.DoesNotContain(calling.Values, queue => idle.Values.Any(device => TierRule.Serves(device, queue.Site)));
        }
    });
}
