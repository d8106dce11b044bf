using IndustrialTwin.Changes;
using Xunit;

namespace IndustrialTwin.Lines;

public class RollCallTests
{
    [Fact]
    public async Task It_goes_on_beside_who_began_it_and_ends_when_all_have_answered()
    {
        var (answers, taken, ended) = (new TaskCompletionSource<int>(), new List<int>(), false);
        var call = new RollCall<string, int>(_ => answers.Task, taken.Add, _ => { }, TimeProvider.System);
        call.Begin(["press-1", "press-2"], 8, () => ended = true);
        Assert.False(call.IsOver || call.Ended.IsCompleted || ended);
        answers.SetResult(7);
        await call.Ended;
        Assert.Equal([7, 7], taken);
        Assert.True(call.IsOver && ended);
    }

    [Fact]
    public async Task Nobody_to_ask_ends_it_at_once()
    {
        var ended = 0;
        var call = new RollCall<string, int>(_ => Task.FromResult(1), _ => { }, _ => { }, TimeProvider.System);
        call.Begin([], 8, () => ended++);
        await call.Ended;
        Assert.Equal(1, ended);
    }

    [Fact]
    public async Task Who_could_not_be_asked_is_asked_again()
    {
        var (asked, taken, faults) = (0, new List<int>(), new List<Exception>());
        var call = new RollCall<string, int>(
            _ => ++asked == 1 ? Task.FromException<int>(new TimeoutException()) : Task.FromResult(asked), taken.Add, faults.Add, TimeProvider.System);
        call.Begin(["press-1"], 8, () => { });
        await call.Ended;
        Assert.Equal([2], taken);
        Assert.IsType<TimeoutException>(Assert.Single(faults));
    }

    [Fact]
    public async Task The_answer_of_one_that_was_struck_is_not_taken()
    {
        var (answer, taken) = (new TaskCompletionSource<int>(), new List<int>());
        var call = new RollCall<string, int>(_ => answer.Task, taken.Add, _ => { }, TimeProvider.System);
        call.Begin(["press-1"], 8, () => { });
        call.Strike("press-1");
        Assert.True(call.IsOver);
        answer.SetResult(1);
        await call.Ended;
        Assert.Empty(taken);
    }

    [Fact]
    public async Task Who_waits_for_one_that_went_to_sleep_is_told_so()
    {
        var answer = new TaskCompletionSource<int>();
        var call = new RollCall<string, int>(_ => answer.Task, _ => { }, _ => { }, TimeProvider.System);
        call.Begin(["press-1"], 8, () => { });
        call.Stop();
        answer.SetException(new TimeoutException());
        await Assert.ThrowsAsync<OperationCanceledException>(() => call.Ended);
    }
}
