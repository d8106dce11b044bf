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
}
