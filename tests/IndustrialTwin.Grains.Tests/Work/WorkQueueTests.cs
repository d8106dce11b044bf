using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using Xunit;
using static IndustrialTwin.Work.GridCluster;

namespace IndustrialTwin.Work;

public class WorkQueueTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Preempted = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task What_is_submitted_is_pulled_computed_and_answered()
    {
        await using var grid = await StartAsync();
        var queue = await grid.ServedAsync();
        var reply = await queue.Submit(Request(7, Ample));
        Assert.Equal(ComputeOutcome.Done, reply.Outcome);
        Assert.Equal(7, reply.Values[(int)Statistic.Mean]);
        Assert.Equal("node-1/native-0", reply.Accelerator?.Value);
        Assert.Null(reply.DegradedTo);
        var counts = await queue.GetSnapshot();
        Assert.Equal((1, 1, 0, 0, 1), (counts.Taken, counts.Done, counts.Open, counts.Waiting, counts.Batches));
        Assert.Equal(1, (await grid.Accelerator().GetSnapshot()).BatchesPulled);
    }

    [Fact]
    public async Task Requests_that_come_while_a_launch_runs_share_the_next_ones()
    {
        await using var grid = await StartAsync();
        var queue = await grid.ServedAsync();
        grid.Device().Hold();
        var first = queue.Submit(Request(1, Ample));
        await grid.UntilAsync(counts => counts.Batches == 1);
        var rest = Enumerable.Range(2, 100).Select(number => queue.Submit(Request(number, Ample))).ToArray();
        await grid.UntilAsync(counts => counts.Taken == 101);
        grid.Device().Release();
        var replies = await Task.WhenAll([first, .. rest]);
        Assert.All(replies, reply => Assert.Equal(ComputeOutcome.Done, reply.Outcome));
        Assert.Equal(Enumerable.Range(1, 101).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));

        // The first alone, what was taken in hand while it ran, and all that had gathered by then.
        Assert.InRange(grid.Device().Launches.Count, 2, 3);
        Assert.Equal(Enumerable.Range(1, 101), grid.Device().Launched.Order());
    }

    [Fact]
    public async Task The_earliest_deadline_goes_first_and_control_before_all()
    {
        await using var grid = await StartAsync(configure: options => options.BatchUnitsMax = 1);
        var queue = await grid.ServedAsync();
        grid.Device().Hold();
        var running = queue.Submit(Request(1, Ample));
        await grid.UntilAsync(counts => counts.Batches == 1);
        var inHand = queue.Submit(Request(2, Ample));
        await grid.UntilAsync(counts => counts.Batches == 2);
        Task<ComputeReply>[] waiting =
        [
            queue.Submit(Request(3, Ample)), queue.Submit(Request(4, Ample / 3)), queue.Submit(Request(5, Ample / 2)),
            queue.Submit(Request(6)), queue.Submit(Request(7, 2 * Ample) with { Class = ComputeClass.Control }),
        ];
        await grid.UntilAsync(counts => counts.Waiting == 5);
        grid.Device().Release();
        await Task.WhenAll([running, inHand, .. waiting]);
        Assert.Equal([1, 2, 7, 4, 5, 3, 6], grid.Device().Launched);
    }

    [Fact]
    public async Task Nothing_is_launched_after_its_deadline_and_what_cannot_be_in_time_is_let_go_of()
    {
        await using var grid = await StartAsync(
            configure: options => options.BatchUnitsMax = 4, script: device => device.LaunchTime = TimeSpan.FromMilliseconds(15));
        var queue = await grid.ServedAsync();
        var random = new Random(5);
        var requests = Enumerable.Range(1, 200).Select(number => Request(number, TimeSpan.FromMilliseconds(random.Next(1, 300)))).ToArray();
        var replies = await Task.WhenAll(requests.Select(request => queue.Submit(request)));
        var deadlines = requests.ToDictionary(request => (int)request.Windows[0], request => request.Deadline!.Value);

        // The device looks at the clock, and then launches: a busy machine may stop its thread in between.
        Assert.All(grid.Device().Launches, launch => Assert.All(launch.Requests, number => Assert.True(launch.At <= deadlines[number] + Preempted)));
        var done = replies.Count(reply => reply.Outcome == ComputeOutcome.Done);
        Assert.Equal(grid.Device().Launched.Count(), done);
        Assert.Equal(grid.Device().Launched.Count(), grid.Device().Launched.Distinct().Count());
        Assert.InRange(done, 1, 150);
        Assert.All(replies, reply => Assert.True(reply.Outcome is ComputeOutcome.Done or ComputeOutcome.Expired or ComputeOutcome.Refused, reply.Detail));
        var counts = await queue.GetSnapshot();
        Balances(counts);
        Assert.Equal((200, 0, 0), (counts.Taken + counts.Refused, counts.Open, counts.Failed));
    }

    [Fact]
    public async Task A_refusal_says_truthfully_when_it_could_be_done()
    {
        await using var grid = await StartAsync(script: device => device.LaunchTime = TimeSpan.FromMilliseconds(60));
        var queue = await grid.ServedAsync();
        var asked = DateTimeOffset.UtcNow;
        var refused = await queue.Submit(Request(1, TimeSpan.FromMilliseconds(20)));
        for (var tries = 1; refused.Detail?.EndsWith("had passed on arrival.", StringComparison.Ordinal) == true && tries < 100; tries++)
        {
            // A busy machine may take longer over the call than the request has: nothing was decided then.
            asked = DateTimeOffset.UtcNow;
            refused = await queue.Submit(Request(1, TimeSpan.FromMilliseconds(20)));
        }

        Assert.Equal(ComputeOutcome.Refused, refused.Outcome);
        var inTime = refused.EarliestFeasible!.Value - asked;
        Assert.InRange(inTime, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        Assert.Empty(grid.Device().Launched);

        // The device may be busy for as long again by the time that the caller asks; and it is a shared machine.
        var done = await queue.Submit(Request(2, (inTime * 3) + TimeSpan.FromMilliseconds(300)));
        Assert.Equal(ComputeOutcome.Done, done.Outcome);
    }

    [Fact]
    public async Task Who_would_settle_for_later_gets_a_later_deadline_instead_of_a_refusal()
    {
        await using var grid = await StartAsync(script: device => device.LaunchTime = TimeSpan.FromMilliseconds(40));
        var queue = await grid.ServedAsync();
        var asked = Request(1, TimeSpan.FromMilliseconds(10));
        var running = queue.Submit(Request(2, Ample));
        var reply = await queue.Submit(asked with { LatestDeadline = DateTimeOffset.UtcNow + Ample });
        await running;

        // The degraded deadline is the earliest feasible one, so a busy machine may miss it; but it was admitted, once.
        Assert.True(reply.Outcome is ComputeOutcome.Done or ComputeOutcome.Expired);
        Assert.Equal(1, (await queue.GetSnapshot()).Degraded);
        if (reply.Outcome == ComputeOutcome.Done)
        {
            Assert.True(reply.DegradedTo > asked.Deadline);
        }
    }

    [Fact]
    public async Task What_no_device_would_take_is_told_so_before_it_waits()
    {
        await using var grid = await StartAsync();
        var queue = await grid.ServedAsync();
        var notFinite = await Assert.ThrowsAsync<ArgumentException>(() => queue.Submit(new WindowStatisticsRequest([1, float.NaN, 3, 4], 4)));
        Assert.Contains("NaN", notFinite.Message, StringComparison.Ordinal);
        var empty = await Assert.ThrowsAsync<ArgumentException>(() => queue.Submit(new WindowStatisticsRequest([1, 2], 4)));
        Assert.Contains("WindowRows is 4", empty.Message, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<ArgumentException>(() => queue.Submit(Request(1, rows: 8)));
        Assert.Contains("window-statistics.8", other.Message, StringComparison.Ordinal);
        var counts = await queue.GetSnapshot();
        Assert.Equal((0, 0, 0), (counts.Taken, counts.Refused, counts.Open));
    }

    [Fact]
    public async Task A_request_whose_caller_gives_it_up_is_not_run()
    {
        await using var grid = await StartAsync(configure: options => options.BatchUnitsMax = 1);
        var queue = await grid.ServedAsync();
        grid.Device().Hold();
        Task<ComputeReply>[] before = [queue.Submit(Request(1, Ample))];
        await grid.UntilAsync(counts => counts.Batches == 1);
        before = [.. before, queue.Submit(Request(2, Ample))];
        await grid.UntilAsync(counts => counts.Batches == 2);
        using var giveUp = new CancellationTokenSource();
        var given = queue.Submit(Request(3, Ample), giveUp.Token);
        var after = queue.Submit(Request(4, Ample));
        await grid.UntilAsync(counts => counts.Waiting == 2);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await grid.UntilAsync(counts => counts.Cancelled == 1);
        grid.Device().Release();
        await Task.WhenAll([.. before, after]);
        Assert.Equal([1, 2, 4], grid.Device().Launched);
        var counts = await queue.GetSnapshot();
        Balances(counts);
        Assert.Equal((4, 3, 1), (counts.Taken, counts.Done, counts.Cancelled));
    }
}
