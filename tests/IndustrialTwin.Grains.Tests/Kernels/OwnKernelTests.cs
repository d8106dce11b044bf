using Acme.Overloads;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Cluster;
using IndustrialTwin.Work;
using Xunit;
using static IndustrialTwin.Work.GridCluster;

namespace IndustrialTwin.Kernels;

/// <summary>A user's own kernel, from a client through queues and bids to a device and back.</summary>
public class OwnKernelTests
{
    private const string Kernel = "acme-overload-dose.4";
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_is_tried_batched_and_answered()
    {
        await using var grid = await StartAsync();
        var queue = grid.Grains.GetGrain<IWorkQueueGrain>($"wuhan/{Kernel}");
        await queue.GetSnapshot();

        // Tried on noise: one launch to compile it, and three times three that are measured.
        await TwinCluster.UntilAsync(async () => (await grid.Accelerator().GetSnapshot()).JobsDone >= 10);
        await grid.RestingAsync(1);
        grid.Device().Hold();
        var first = queue.Submit(Request(1, Ample));
        await TwinCluster.UntilAsync(async () => (await queue.GetSnapshot()).Batches == 1);
        var rest = Enumerable.Range(2, 50).Select(number => queue.Submit(Request(number, Ample))).ToArray();
        await TwinCluster.UntilAsync(async () => (await queue.GetSnapshot()).Taken == 51);
        grid.Device().Release();
        var replies = await Task.WhenAll([first, .. rest]);
        Assert.All(replies, reply => Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail));
        Assert.Equal(Enumerable.Range(1, 51).Select(number => 4 * (number - 0.5)), replies.Select(reply => reply.Values[0]));
        Assert.InRange(grid.Device().Launches.Count, 2, 3);
        Assert.Equal(Enumerable.Range(1, 51), grid.Device().Launched.Order());
    }

    [Fact]
    public async Task Its_deadline_is_kept_and_its_own_check_speaks()
    {
        await using var grid = await StartAsync(script: device => device.LaunchTime = TimeSpan.FromMilliseconds(40));
        var queue = grid.Grains.GetGrain<IWorkQueueGrain>($"wuhan/{Kernel}");
        await queue.GetSnapshot();
        await TwinCluster.UntilAsync(async () => (await grid.Accelerator().GetSnapshot()).JobsDone >= 10);
        await grid.RestingAsync(1);
        var refused = await queue.Submit(Request(1, TimeSpan.FromMilliseconds(5)));
        Assert.True(refused.Outcome is ComputeOutcome.Refused or ComputeOutcome.Expired, refused.Detail);
        Assert.Empty(grid.Device().Launched);
        var bad = await Assert.ThrowsAsync<ArgumentException>(() => queue.Submit(Request(1) with { LimitKn = float.NaN }));
        Assert.Contains("acme-overload-dose: LimitKn is NaN; expected a finite number.", bad.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_too_large_for_a_batch_is_bid_for_and_tried_then()
    {
        await using var grid = await StartAsync(configure: options => options.BatchUnitsMax = 8);
        var windows = Enumerable.Repeat(2f, 4 * 100).ToArray();
        var reply = await grid.Grains.GetGrain<IGridGrain>("wuhan").Compute(new OverloadRequest(windows, 4, 0.5f) { Deadline = DateTimeOffset.UtcNow + Ample });
        Assert.True(reply.Outcome == ComputeOutcome.Done, reply.Detail);
        Assert.Equal(Enumerable.Repeat(6.0, 100), reply.Values);
        Assert.Equal("node-1/native-0", reply.Accelerator?.Value);
        await TwinCluster.UntilAsync(async () => (await grid.Accelerator().GetSnapshot()) is { JobsWon: 1, JobsDone: >= 11 });
    }

    private static OverloadRequest Request(int number, TimeSpan? deadline = null) => new([.. Enumerable.Repeat((float)number, 4)], 4, 0.5f)
    {
        Deadline = deadline is { } time ? DateTimeOffset.UtcNow + time : null,
    };
}
