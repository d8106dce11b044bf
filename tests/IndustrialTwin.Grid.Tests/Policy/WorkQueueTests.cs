using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class WorkQueueTests
{
    private static readonly CostEstimate Fast = new(2_000, 125, 0);
    private static readonly CostEstimate Slow = new(8_000, 500, 0);
    private readonly WorkQueue<int, string> _queue = new(PolicyOptions.Default);
    private readonly List<Work<int>> _batch = [];
    private readonly List<Work<int>> _dropped = [];

    [Fact]
    public void Who_cannot_head_a_full_batch_is_dropped_and_the_batch_stays_whole()
    {
        for (var i = 0; i < 64; i++)
            _queue.Submit(i, new WorkTerms(RequestClass.Monitor, 20_000), 0);
        _queue.Submit(64, new WorkTerms(RequestClass.Monitor, 9_000), 0);
        Assert.NotEqual(0, _queue.Take("a", Fast, 0, 0, _batch, _dropped));
        Assert.Equal(64, Assert.Single(_dropped).Item);
        Assert.Equal(64, _batch.Count);
    }

    [Fact]
    public void A_few_are_a_small_batch_and_need_no_time_for_a_full_one()
    {
        _queue.Submit(1, new WorkTerms(RequestClass.Monitor, 3_000), 0);
        Assert.NotEqual(0, _queue.Take("a", Fast, 0, 0, _batch, _dropped));
        Assert.Single(_batch);
        Assert.Empty(_dropped);
    }

    [Fact]
    public void A_slow_accelerator_leaves_to_a_fast_one_what_it_could_not_do_in_time()
    {
        _queue.Calibrate("fast", Fast);
        _queue.Submit(1, new WorkTerms(RequestClass.Monitor, 5_000), 0);
        _queue.Submit(2, new WorkTerms(RequestClass.Monitor, 50_000), 0);
        _queue.Take("slow", Slow, 0, 0, _batch, _dropped);
        Assert.Equal(2, Assert.Single(_batch).Item);
        Assert.Empty(_dropped);
        _queue.Take("fast", Fast, 0, 0, _batch, _dropped);
        Assert.Equal(1, Assert.Single(_batch).Item);
    }

    [Fact]
    public void What_a_lost_accelerator_had_comes_back_in_its_old_place()
    {
        _queue.Submit(1, new WorkTerms(RequestClass.Monitor, 100_000), 0);
        _queue.Take("a", Fast, 0, 0, _batch, _dropped);
        _queue.Submit(2, new WorkTerms(RequestClass.Monitor, 200_000), 0);
        _queue.Lost("a", 10, _dropped);
        _queue.Take("b", Fast, 10, 10, _batch, _dropped);
        Assert.Equal([1, 2], _batch.Select(work => work.Item));
    }

    [Fact]
    public void A_lease_that_is_not_returned_lapses_and_a_late_return_is_told_so()
    {
        _queue.Submit(1, new WorkTerms(RequestClass.Monitor, 1_000_000), 0);
        var lease = _queue.Take("a", Fast, 0, 0, _batch, _dropped);
        Assert.True(_queue.NextSweepUs < 1_000_000);
        _queue.Sweep(_queue.NextSweepUs, _dropped);
        _queue.Sweep(100_000, _dropped);
        Assert.Equal(1, _queue.Count);
        Assert.False(_queue.Completed(lease, "a", Fast));
    }

    [Fact]
    public void What_is_given_back_undone_waits_again()
    {
        _queue.Submit(1, new WorkTerms(RequestClass.Monitor, 1_000_000), 0);
        var lease = _queue.Take("a", Fast, 0, 0, _batch, _dropped);
        _queue.GiveBack(lease, 5, _dropped);
        _queue.GiveBack(lease, 6, _dropped);
        Assert.Equal((1, 0), (_queue.Count, _queue.Leases));
    }

    [Fact]
    public void A_retry_of_what_waits_or_runs_adds_nothing()
    {
        var terms = new WorkTerms(RequestClass.Monitor, 1_000_000);
        _queue.Submit(1, terms, 0);
        Assert.True(_queue.Submit(1, terms, 1).IsTaken);
        Assert.Equal(1, _queue.Count);
        var lease = _queue.Take("a", Fast, 1, 1, _batch, _dropped);
        _queue.Submit(1, terms, 2);
        Assert.Equal(0, _queue.Count);
        _queue.Completed(lease, "a", Fast);
        _queue.Submit(1, terms, 3);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void A_full_queue_says_so()
    {
        var queue = new WorkQueue<int, string>(PolicyOptions.Default with { QueueItemsMax = 1 });
        queue.Submit(1, new WorkTerms(RequestClass.Monitor, 1_000_000), 0);
        var answer = queue.Submit(2, new WorkTerms(RequestClass.Monitor, 1_000_000), 0);
        Assert.Equal((AdmissionKind.Refused, true), (answer.Kind, answer.IsFull));
    }

    [Fact]
    public void What_is_larger_than_a_batch_is_not_for_a_queue() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _queue.Submit(1, new WorkTerms(RequestClass.Monitor, 1_000_000, 65), 0));

    [Fact]
    public void A_probe_tells_urgency_fill_and_what_others_were_promised()
    {
        for (var i = 0; i < 32; i++)
            _queue.Submit(i, new WorkTerms(RequestClass.Monitor, 100_000), 0);
        var offer = _queue.Probe("a", Fast, 0, 0, _dropped);
        Assert.Equal((32, 0.5, 94_000, false), (offer.Units, offer.Fill, offer.LatestStartUs, offer.IsUrgent));
        Assert.False(offer.IsPromised);
        Assert.True(_queue.Probe("b", Fast, 0, 0, _dropped).IsPromised);
        Assert.True(_queue.Probe("c", Fast, 90_000, 80_000, _dropped).IsUrgent);
        Assert.Empty(_dropped);
    }

    [Fact]
    public void The_board_is_told_once_for_each_batch_that_nobody_has_come_for()
    {
        _queue.Calibrate("a", Fast);
        _queue.Calibrate("b", Fast);
        _queue.Submit(0, new WorkTerms(RequestClass.Monitor, 1_000_000), 0);
        Assert.True(_queue.TryCall(0, out var call));
        Assert.Equal(1, call.Wanted);
        Assert.False(_queue.TryCall(1, out _));
        for (var i = 1; i < 200; i++)
            _queue.Submit(i, new WorkTerms(RequestClass.Monitor, 1_000_000), 1);
        Assert.True(_queue.TryCall(1, out var more));
        Assert.Equal(2, more.Wanted);
        Assert.True(more.SaidUs > call.SaidUs);
        Assert.True(_queue.TryCall(1_000_000, out _));
    }

    /// <summary>Whatever accelerators do, each request is at one place, and nothing that is handed out for a start is late by then.</summary>
    [Fact]
    public void Each_request_is_at_one_place_only() => Gen.Select(Gen.Int[0, 6], Gen.Int[0, 3], Gen.Long[0, 3_000], Gen.Long[0, 40_000]).Array[1, 150].Sample(steps =>
    {
        var queue = new WorkQueue<int, int>(PolicyOptions.Default with { BatchUnitsMax = 8 });
        List<Work<int>> batch = [], dropped = [];
        var held = new Dictionary<long, (int Device, int[] Items)>();
        var (nowUs, sent, refused, done) = (0L, 0, 0, 0);
        foreach (var (step, device, elapsed, slack) in steps)
        {
            nowUs += elapsed;
            switch (step)
            {
                case <= 2:
                    refused += queue.Submit(sent++, new WorkTerms((RequestClass)(1 + step % 2), nowUs + slack), nowUs).IsTaken ? 0 : 1;
                    break;
                case 3:
                    var cost = device == 0 ? Slow : Fast;
                    var startUs = nowUs + elapsed / 2;
                    var lease = queue.Take(device, cost, startUs, nowUs, batch, dropped);
                    if (lease == 0)
                        break;
                    Assert.All(batch, work => Assert.True(startUs + cost.PredictUs(batch.Count) <= work.Terms.DeadlineUs));
                    held.Add(lease, (device, [.. batch.Select(work => work.Item)]));
                    break;
                case 4 when held.Count > 0:
                    var (returned, its) = held.First();
                    held.Remove(returned);
                    if (queue.Completed(returned, its.Device, Fast))
                        done += its.Items.Length;
                    break;
                case 5:
                    queue.Lost(device, nowUs, dropped);
                    break;
                default:
                    queue.Sweep(nowUs, dropped);
                    break;
            }

            Assert.Equal(dropped.Count, dropped.Select(work => work.Item).Distinct().Count());
            Assert.True(sent - refused - done - dropped.Count >= queue.Count);
        }

        // All accelerators are lost and time runs out: what was taken and not done has expired, once.
        for (var device = 0; device < 4; device++)
            queue.Lost(device, nowUs, dropped);
        queue.Sweep(nowUs + 100_000, dropped);
        Assert.Equal((0, 0), (queue.Count, queue.Leases));
        Assert.Equal(sent, refused + done + dropped.Count);
    });
}
