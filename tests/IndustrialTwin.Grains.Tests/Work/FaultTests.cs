using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Sites;
using Orleans.Core.Internal;
using Xunit;
using static IndustrialTwin.Work.GridCluster;

namespace IndustrialTwin.Work;

/// <summary>Whatever breaks, each request ends once, and with its own result.</summary>
public class FaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_a_device_fails_another_does()
    {
        await using var grid = await StartAsync(silos: 2);
        var queue = await grid.ServedAsync();
        grid.Device(1).Fails = () => true;
        var replies = await Task.WhenAll(Enumerable.Range(1, 60).Select(number => queue.Submit(Request(number, Ample))));
        Assert.All(replies, reply => Assert.Equal((ComputeOutcome.Done, "node-2/native-0"), (reply.Outcome, reply.Accelerator?.Value)));
        Assert.Equal(Enumerable.Range(1, 60).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));
    }

    [Fact]
    public async Task What_a_device_computes_no_numbers_of_another_does_and_the_device_says_so()
    {
        await using var grid = await StartAsync(silos: 2, configure: options => options.RetriesMax = 16);
        var queue = await grid.ServedAsync();
        grid.Device(1).GivesNoNumbers = () => true;
        grid.Device(2).Hold();
        var asked = Enumerable.Range(1, 40).Select(number => queue.Submit(Request(number, Ample))).ToArray();
        await TwinCluster.UntilAsync(() => Task.FromResult(grid.Device(1).Status.ResultsNotFinite > 0));
        grid.Device(2).Release();
        var replies = await Task.WhenAll(asked);
        Assert.Equal(Enumerable.Range(1, 40).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));
        Assert.All(replies, reply => Assert.Equal("node-2/native-0", reply.Accelerator?.Value));
        var (status, snapshot) = (grid.Device(1).Status, await grid.Accelerator(1).GetSnapshot());
        Assert.Equal(status.ResultsNotFinite, status.JobsFailed);
        Assert.InRange(snapshot.JobsFailed, 1, status.JobsFailed);
        // It gives a right answer to what it is asked to prove, so it is not taken out; what it gives to others goes nowhere.
        Assert.True(snapshot.IsHealthy);
        Assert.Contains("no finite result", snapshot.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_every_device_fails_ends_as_failed_after_a_few_attempts()
    {
        await using var grid = await StartAsync(devices: 2, configure: options => options.RetriesMax = 2);
        var queue = await grid.ServedAsync();
        foreach (var device in grid.Devices)
        {
            device.Fails = () => true;
        }

        var reply = await queue.Submit(Request(1, Ample));
        Assert.Equal(ComputeOutcome.Failed, reply.Outcome);
        Assert.Contains("The test has this launch fail", reply.Detail, StringComparison.Ordinal);
        Assert.Equal(3, grid.Devices.Sum(device => device.Launches.Count));
        var counts = await queue.GetSnapshot();
        Assert.Equal((1, 1, 2), (counts.Taken, counts.Failed, counts.Returned));
    }

    [Fact]
    public async Task What_an_accelerator_has_too_long_another_does_and_the_late_answer_changes_nothing()
    {
        await using var grid = await StartAsync(silos: 2, configure: options => options.LeaseMin = TimeSpan.FromMilliseconds(100));
        var queue = await grid.ServedAsync();
        grid.Device(1).Hold();
        var asked = Enumerable.Range(1, 30).Select(number => queue.Submit(Request(number, Ample))).ToArray();
        var replies = await Task.WhenAll(asked);
        Assert.All(replies, reply => Assert.Equal((ComputeOutcome.Done, "node-2/native-0"), (reply.Outcome, reply.Accelerator?.Value)));
        grid.Device(1).Release();
        Assert.Equal(ComputeOutcome.Done, (await queue.Submit(Request(31, Ample))).Outcome);
        await grid.RestingAsync(2);
        var counts = await queue.GetSnapshot();
        Assert.Equal((31, 31, 0, 0), (counts.Taken, counts.Done, counts.Open, counts.Waiting));
    }

    [Fact]
    public async Task An_answer_that_comes_twice_or_belongs_to_an_earlier_life_ends_nothing_else()
    {
        await using var grid = await StartAsync(configure: options => options.LeaseMin = TimeSpan.FromSeconds(30));
        var queue = await grid.ServedAsync();
        grid.Device().Hold();
        var asked = queue.Submit(Request(1, Ample));
        await grid.UntilAsync(counts => counts.Batches == 1);
        var (me, forged) = (AcceleratorKey.Parse("node-1/native-0"), new ComputeReply(ComputeOutcome.Done, [666]));
        for (var number = 0L; number < 4; number++)
        {
            await queue.Complete(number, me, default, [new WorkResult(number, forged)]);
            await queue.GiveBack(number);
        }

        Assert.False(asked.IsCompleted);
        grid.Device().Release();
        Assert.Equal(1, (await asked).Values[(int)Statistic.Mean]);
        Assert.Equal((1, 1, 1), (await queue.GetSnapshot()) is var counts ? (counts.Taken, counts.Done, counts.Batches) : default);
    }

    [Fact]
    public async Task A_queue_that_begins_anew_is_served()
    {
        await using var grid = await StartAsync(silos: 2);
        var queue = await grid.ServedAsync();
        for (var life = 1; life <= 3; life++)
        {
            Assert.Equal(ComputeOutcome.Done, (await queue.Submit(Request(life, Ample))).Outcome);
            Assert.Equal(1, (await queue.GetSnapshot()).Taken);
            await grid.Cluster.DeactivateAsync(queue);
        }
    }

    [Fact]
    public async Task Work_that_waits_when_its_queue_is_put_to_sleep_is_asked_again_and_done()
    {
        await using var grid = await StartAsync(silos: 2);
        var queue = await grid.ServedAsync();
        grid.Device(1).Hold();
        grid.Device(2).Hold();
        var asked = Enumerable.Range(1, 10).Select(number =>
            grid.GridOf().RunAsync(SiteKey.Parse("wuhan"), Request(number), Ample, CancellationToken.None)).ToArray();
        await grid.UntilAsync(counts => counts.Taken == 10);
        await queue.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        grid.Device(1).Release();
        grid.Device(2).Release();
        var replies = await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(Enumerable.Range(1, 10).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));
    }

    [Fact]
    public async Task A_silo_that_stops_hands_its_queues_over_at_once()
    {
        await using var grid = await StartAsync(silos: 2);
        await grid.ServedAsync();
        foreach (var device in grid.Devices)
        {
            device.LaunchTime = TimeSpan.FromMilliseconds(2);
        }

        // Queues of many sites are on both silos.
        var asked = Enumerable.Range(1, 400).Select(number =>
            grid.GridOf().RunAsync(SiteKey.Parse($"site-{number % 20}"), Request(number), TimeSpan.FromSeconds(20), CancellationToken.None)).ToArray();
        await Task.Delay(30);
        await grid.Cluster.StopSiloAsync((Orleans.TestingHost.InProcessSiloHandle)grid.Cluster.Silos[1]).WaitAsync(TimeSpan.FromSeconds(15));
        var replies = await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Enumerable.Range(1, 400).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_request_ends_once_whatever_fails(int seed)
    {
        await using var grid = await StartAsync(
            silos: 2, devices: 2, configure: options => (options.BatchUnitsMax, options.LeaseMin) = (8, TimeSpan.FromMilliseconds(150)),
            script: device => device.LaunchTime = TimeSpan.FromMilliseconds(1));
        var queue = await grid.ServedAsync();
        var random = new Random(seed);
        foreach (var device in grid.Devices)
        {
            var chance = new Random(random.Next());
            device.Fails = () => chance.Next(6) == 0;
        }

        using var stop = new CancellationTokenSource();
        var trouble = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var device = grid.Device(random.Next(1, 3), random.Next(2));
                switch (random.Next(3))
                {
                    case 0:
                        device.Hold();
                        await Task.Delay(random.Next(400));
                        device.Release();
                        break;
                    case 1:
                        await grid.Accelerator(random.Next(1, 3), random.Next(2)).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
                        break;
                    default:
                        await Task.Delay(random.Next(60));
                        break;
                }
            }
        });
        var requests = Enumerable.Range(1, 600).Select(async number =>
        {
            await Task.Delay(random.Next(1_500));
            using var giveUp = new CancellationTokenSource();
            if (number % 10 == 0)
            {
                giveUp.CancelAfter(number % 100);
            }

            try
            {
                var reply = await queue.Submit(Request(number, number % 3 == 0 ? TimeSpan.FromMilliseconds(number) : Ample), giveUp.Token);
                Assert.True(reply.Outcome != ComputeOutcome.Done || reply.Values[(int)Statistic.Mean] == number);
                return reply.Outcome.ToString();
            }
            catch (OperationCanceledException)
            {
                return "Cancelled";
            }
        }).ToArray();
        var ends = await Task.WhenAll(requests).WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await trouble;
        await grid.UntilAsync(counts => counts.Open == 0);
        var counts = await queue.GetSnapshot();
        output.WriteLine($"{counts}");
        Balances(counts);
        Assert.Equal(600, ends.Length);
        Assert.InRange(counts.Taken + counts.Refused, 590, 600); // A call that was given up on its way may not have arrived.

        // What was given up just when it ended, ended once too: at the queue as done, at its caller as given up.
        var given = ends.LongCount(end => end == "Cancelled") - counts.Cancelled;
        Assert.InRange(counts.Done - ends.LongCount(end => end == "Done"), 0, given);
        Assert.InRange(counts.Failed - ends.LongCount(end => end == "Failed"), 0, given);
        Assert.InRange(counts.Done, 200, 600);
    }
}
