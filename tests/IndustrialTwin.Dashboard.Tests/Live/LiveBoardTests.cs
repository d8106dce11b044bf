using CsCheck;

namespace IndustrialTwin.Live;

public sealed class LiveBoardTests
{
    private const int Topics = 4;

    private static readonly Gen<(int Topic, int Value, bool Reads)[]> Steps =
        Gen.Select(Gen.Int[0, Topics - 1], Gen.Int[0, 3], Gen.Bool).Array[0, 60];

    [Fact]
    public void A_reader_at_any_pace_ends_with_the_newest_of_every_topic_and_never_goes_back() =>
        Steps.Sample(steps =>
        {
            var board = new LiveBoard();
            var newest = new Dictionary<string, string>();
            var seen = new Dictionary<string, string>();
            var at = 0L;
            foreach (var (topic, value, reads) in steps)
            {
                var (name, json) = ($"topic-{topic}", $"{value}");
                Assert.Equal(!newest.TryGetValue(name, out var known) || known != json, board.Put(name, "kind", json));
                newest[name] = json;
                if (reads)
                {
                    Read();
                }
            }

            Read();
            Assert.Equal(newest.OrderBy(pair => pair.Key), seen.OrderBy(pair => pair.Key));
            Assert.Empty(board.After(at).States);

            void Read()
            {
                var states = board.After(at).States;
                Assert.True(states.Length <= Topics);
                foreach (var state in states)
                {
                    Assert.True(state.Sequence > at);
                    (at, seen[state.Topic]) = (state.Sequence, state.Json);
                }
            }
        });

    [Fact]
    public void A_change_ends_the_wait_of_who_has_read_all()
    {
        var board = new LiveBoard();
        var (states, next) = board.After(0);
        Assert.Empty(states);
        board.Put("a", "kind", "1");
        Assert.True(next.IsCompleted);
        var (read, later) = board.After(0);
        Assert.False(later.IsCompleted);
        Assert.True(board.IsNewest(Assert.Single(read)));
        board.Put("a", "kind", "2");
        Assert.False(board.IsNewest(read[0]));
    }

    [Fact]
    public void What_is_lost_is_news_once_and_found_once()
    {
        var board = new LiveBoard();
        Assert.False(board.SetLost("wuhan", null));
        Assert.True(board.SetLost("wuhan", "no answer"));
        Assert.False(board.SetLost("wuhan", "no answer again"));
        Assert.Contains("wuhan", Assert.Single(board.After(0).States).Json);
        Assert.True(board.SetLost("wuhan", null));
        Assert.DoesNotContain("wuhan", Assert.Single(board.After(0).States).Json);
    }
}
