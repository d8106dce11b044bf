using IndustrialTwin.Accelerators;
using Xunit;
using static IndustrialTwin.Work.GridCluster;

namespace IndustrialTwin.Work;

[Collection(nameof(MessageCount))]
public class MessageTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Work_is_with_an_idle_accelerator_after_three_messages()
    {
        // A queue that nobody comes to calls again after twenty round trips: by this one not before the test is over.
        await using var grid = await StartAsync(silos: 2, configure: options => options.RoundTrip = TimeSpan.FromSeconds(1));
        var queue = await grid.ServedAsync();
        using var messages = new MessageCount();
        Assert.Equal(ComputeOutcome.Done, (await queue.Submit(Request(1, Ample))).Outcome);
        output.WriteLine($"{messages}");

        // One and a half round trips: the queue calls, the board tells it who is idle, the queue gives. Nobody asks round.
        Assert.Equal((1, 1, 1, 0, 0), (messages.Of("call"), messages.Of("match"), messages.Of("give"), messages.Of("probe"), messages.Of("take")));
    }

    [Fact]
    public async Task Under_load_a_request_costs_two_messages_at_most()
    {
        const int Requests = 4_000;
        await using var grid = await StartAsync(
            silos: 2, devices: 2, configure: options => options.BatchUnitsMax = 64, script: device => device.LaunchTime = TimeSpan.FromMilliseconds(4));
        var queue = await grid.ServedAsync();
        using var messages = new MessageCount();
        var replies = await Task.WhenAll(Enumerable.Range(1, Requests).Select(number => queue.Submit(Request(number, Ample))));
        Assert.All(replies, reply => Assert.Equal(ComputeOutcome.Done, reply.Outcome));
        output.WriteLine($"{(double)messages.Total / Requests:0.00} messages a request: {messages}");
        Assert.True(messages.Total <= 2 * Requests, $"{messages}");
        Assert.All(grid.Devices, device => Assert.NotEmpty(device.Launches)); // The work is spread.
    }

    [Fact]
    public async Task Work_that_an_idle_accelerator_is_too_slow_for_is_not_offered_to_it_without_end()
    {
        await using var grid = await StartAsync(silos: 2, configure: options => options.BatchUnitsMax = 1, script: device =>
        {
            device.LaunchTime = TimeSpan.FromMilliseconds(1);
        });
        grid.Device(2).LaunchTime = TimeSpan.FromMilliseconds(200);
        var queue = await grid.ServedAsync();
        for (var number = 1; number <= 12; number++)
        {
            await queue.Submit(Request(number, Ample)); // So that the second has learned that it is slow.
        }

        await grid.RestingAsync(2);
        grid.Device(1).Hold();
        Task<ComputeReply>[] held = [queue.Submit(Request(21, TimeSpan.FromMilliseconds(150))), queue.Submit(Request(22, TimeSpan.FromMilliseconds(150)))];
        using var messages = new MessageCount();
        var waiting = Enumerable.Range(31, 5).Select(number => queue.Submit(Request(number, TimeSpan.FromMilliseconds(160)))).ToArray();
        await Task.WhenAll(waiting);
        output.WriteLine($"{messages}");
        grid.Device(1).Release();
        await Task.WhenAll(held);
        Assert.InRange(messages.Of("match"), 0, 60);
        Assert.InRange(messages.Total, 0, 300);
    }

    [Fact]
    public async Task An_idle_grid_is_quiet()
    {
        await using var grid = await StartAsync(silos: 2);
        await grid.ServedAsync();
        using var messages = new MessageCount();
        await Task.Delay(TimeSpan.FromSeconds(3));
        output.WriteLine($"{messages} in 3 s");
        Assert.InRange(messages.Total, 0, 120); // Two accelerators: their names once a second, and attempts to steal ever less often.
    }
}
