using System.Collections.Concurrent;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Sites;
using Orleans.TestingHost;
using Xunit;
using static IndustrialTwin.Work.GridCluster;

namespace IndustrialTwin.Work;

/// <summary>Questions and answers that get lost: the caller asks again, and what it asks for is done once.</summary>
public class RetryTests
{
    private static readonly SiteKey Site = SiteKey.Parse("wuhan");
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);

    /// <summary>Time for a second question after half of it.</summary>
    private static readonly TimeSpan Twice = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(600, true)]
    [InlineData(600, false)]
    public async Task Whose_question_or_answer_is_lost_asks_again_and_it_is_done_once(int windows, bool isQuestion)
    {
        var first = 0;
        await using var grid = await StartAsync(way: async call =>
        {
            if (!IsQuestion(call) || Interlocked.Increment(ref first) > 1)
            {
                await call.Invoke();
            }
            else
            {
                await LoseAsync(call, isQuestion);
            }
        });
        await grid.ServedAsync();
        var reply = await grid.GridOf().RunAsync(Site, Request(7, windows: windows), Twice, CancellationToken.None);
        Assert.Equal((ComputeOutcome.Done, 7.0), (reply.Outcome, reply.Values[(int)Statistic.Mean]));
        Assert.Equal(2, first);
        if (windows == 1)
        {
            Assert.Equal([7], grid.Device().Launched);
            var counts = await grid.Queue().GetSnapshot();
            Balances(counts);
            Assert.Equal((1, 1, isQuestion ? 0 : 1), (counts.Taken, counts.Done, counts.Repeated));
        }
    }

    [Fact]
    public async Task Who_asks_again_while_it_waits_shares_the_answer_and_a_failed_call_is_asked_again_at_once()
    {
        var (asked, first) = (new ConcurrentQueue<Guid>(), 0);
        await using var grid = await StartAsync(configure: options => options.LeaseMin = Ample, way: async call =>
        {
            if (IsQuestion(call))
            {
                asked.Enqueue(((ComputeRequest)call.Request.GetArgument(0)!).Name);
                await call.Invoke();
                if (Interlocked.Increment(ref first) == 1)
                {
                    throw new TimeoutException("The test says that the answer was lost.");
                }

                return;
            }

            await call.Invoke();
        });
        await grid.ServedAsync();
        grid.Device().Hold();
        var waiting = grid.GridOf().RunAsync(Site, Request(7), Twice, CancellationToken.None);
        await grid.UntilAsync(counts => counts.Repeated >= 1);
        grid.Device().Release();
        Assert.Equal(7, (await waiting).Values[(int)Statistic.Mean]);
        Assert.Single(asked.Distinct());
        Assert.Equal([7], grid.Device().Launched);
    }

    [Fact]
    public async Task Of_many_messages_lost_at_random_nothing_is_left_undone_or_done_for_another()
    {
        var random = new Random(11);
        await using var grid = await StartAsync(silos: 2, way: async call =>
        {
            int fate;
            lock (random)
            {
                fate = random.Next(10);
            }

            if (!IsQuestion(call) || fate > 2)
            {
                await call.Invoke();
            }
            else
            {
                await (fate == 0 ? call.Invoke() : Task.CompletedTask);
                if (fate == 2)
                {
                    throw new TimeoutException("The test has this question get lost, and known to be.");
                }

                await Task.Delay(Timeout.Infinite);
            }
        });
        await grid.ServedAsync();
        var replies = await Task.WhenAll(Enumerable.Range(1, 200).Select(number => grid.GridOf(number % 2).RunAsync(Site, Request(number), Twice, CancellationToken.None)));
        Assert.Equal(Enumerable.Range(1, 200).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));
        Balances(await grid.Queue().GetSnapshot());
        Assert.Equal(Enumerable.Range(1, 200), grid.Devices.SelectMany(device => device.Launched).Order());
    }

    [Fact]
    public async Task A_silo_that_is_killed_takes_nothing_with_it()
    {
        await using var grid = await StartAsync(silos: 3, script: device => device.LaunchTime = TimeSpan.FromMilliseconds(2));
        await grid.ServedAsync();
        var asked = Enumerable.Range(1, 300).Select(number =>
            grid.GridOf().RunAsync(SiteKey.Parse($"site-{number % 20}"), Request(number), TimeSpan.FromSeconds(20), CancellationToken.None)).ToArray();
        await Task.Delay(20);
        await grid.Cluster.KillSiloAsync((InProcessSiloHandle)grid.Cluster.Silos[2]);
        var replies = await Task.WhenAll(asked).WaitAsync(2 * Ample);
        Assert.Equal(Enumerable.Range(1, 300).Select(number => (double)number), replies.Select(reply => reply.Values[(int)Statistic.Mean]));
    }

    private static bool IsQuestion(IOutgoingGrainCallContext call) => call.InterfaceMethod.Name is nameof(IWorkQueueGrain.Submit) or nameof(IAcceleratorGrain.RunJob);

    private static async Task LoseAsync(IOutgoingGrainCallContext call, bool isQuestion)
    {
        if (!isQuestion)
        {
            await call.Invoke();
        }

        await Task.Delay(Timeout.Infinite);
    }
}
