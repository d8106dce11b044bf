using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>What becomes of jobs between their acceptance and their end.</summary>
public sealed class QueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ScriptedOperation _operation = new();

    [Fact]
    public async Task One_thread_makes_every_launch_whoever_calls()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                var outcome = await device.RunAsync(_operation, new Script((caller * 1000) + i, Shape: i % 3));
                Assert.Equal((caller * 1000) + i, Assert.Single(outcome.Result!));
            }

            return Environment.CurrentManagedThreadId;
        })));
        Assert.Equal(8, outcomes.Length);
        var owner = Assert.Single(_operation.Launches.Select(launch => launch.Thread).Distinct());
        Assert.DoesNotContain(owner, outcomes);
        Assert.Equal(1600, device.Status.JobsDone);
    }

    [Fact]
    public async Task The_backlog_makes_the_launch()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { BatchWindowsMax = 8, NativeThreadsMax = 1 });
        using var hold = new Hold();
        var holding = await hold.TakeAsync(device, _operation);
        var waiting = Enumerable.Range(1, 10).Select(i => device.RunAsync(_operation, new Script(i, Windows: 2)).AsTask()).ToArray();
        hold.LetGo();
        await holding;
        var outcomes = await Task.WhenAll(waiting);
        Assert.Equal([[0], [1, 2, 3, 4], [5, 6, 7, 8], [9, 10]], _operation.Launches.Select(launch => launch.Values));
        Assert.Equal([4, 4, 4, 4, 4, 4, 4, 4, 2, 2], outcomes.Select(outcome => outcome.Timing.LaunchJobs));
        Assert.Equal(4, device.Status.Launches);
        Assert.Equal(21, device.Status.Windows);
    }

    [Fact]
    public async Task Jobs_of_a_group_are_launched_together_however_slowly_they_are_queued()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { NativeThreadsMax = 1 });
        using var group = new JobGroup();
        var first = device.RunAsync(_operation, new Script(1), new JobOptions(Group: group)).AsTask();
        using var cancellation = new CancellationTokenSource();
        var given = device.RunAsync(_operation, new Script(2), new JobOptions(Group: group), cancellation.Token).AsTask();

        // The device stands idle meanwhile, and what is in no group goes before.
        await device.RunAsync(_operation, new Script(3));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        var last = device.RunAsync(_operation, new Script(4), new JobOptions(Group: group)).AsTask();
        Assert.Equal(3, device.Status.QueueJobs);
        group.Dispose();
        await Task.WhenAll(first, last);
        await device.RunAsync(_operation, new Script(5), new JobOptions(Group: group));
        Assert.Equal([[3], [1, 4], [5]], _operation.Launches.Select(launch => launch.Values));
        Assert.Equal((4, 1, 0), (device.Status.JobsDone, device.Status.JobsCancelled, device.Status.QueueJobs));
    }

    [Fact]
    public async Task Jobs_of_a_group_whose_device_was_closed_meanwhile_fail()
    {
        var device = await DeviceDiscovery.OpenNativeAsync();
        using var group = new JobGroup();
        var waiting = Enumerable.Range(1, 3).Select(i => device.RunAsync(_operation, new Script(i), new JobOptions(Group: group)).AsTask()).ToArray();
        await device.DisposeAsync();
        group.Dispose();
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Equal((JobOutcomeKind.Failed, "Device 'native-0' is disposed."), (outcome.Kind, outcome.Reason)));
        Assert.Equal(0, device.Status.QueueJobs);
        Assert.Empty(_operation.Launches);
    }

    [Fact]
    public async Task A_job_alone_is_launched_alone_without_a_wait()
    {
        // The clock stands still: whatever waits for time to pass would wait for ever.
        await using var device = await DeviceDiscovery.OpenNativeAsync(time: new FakeTimeProvider(Start));
        var outcome = await device.RunAsync(_operation, new Script(5)).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(5, Assert.Single(outcome.Result!));
        Assert.Equal(1, outcome.Timing.LaunchJobs);
    }

    [Fact]
    public async Task Nothing_is_launched_after_its_deadline()
    {
        var time = new FakeTimeProvider(Start);
        await using var device = await DeviceDiscovery.OpenNativeAsync(time: time);
        using var hold = new Hold();
        var holding = await hold.TakeAsync(device, _operation);
        var early = device.RunAsync(_operation, new Script(1), new JobOptions(Start.AddMilliseconds(10))).AsTask();
        var late = device.RunAsync(_operation, new Script(2), new JobOptions(Start.AddMilliseconds(30))).AsTask();
        var deferred = device.RunAsync(_operation, new Script(3), new JobOptions(Start.AddMilliseconds(10), Class: JobClass.Deferrable)).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(20));
        var past = await device.RunAsync(_operation, new Script(4), new JobOptions(Start.AddMilliseconds(20)));
        hold.LetGo();
        await holding;
        Assert.Equal(JobOutcomeKind.Expired, (await early).Kind);
        Assert.Equal(JobOutcomeKind.Expired, (await deferred).Kind);
        Assert.Equal(JobOutcomeKind.Expired, past.Kind);
        Assert.Equal(JobOutcomeKind.Done, (await late).Kind);
        Assert.Equal([0, 2], _operation.Launches.SelectMany(launch => launch.Values));
        Assert.Equal(TimeSpan.FromMilliseconds(20), (await early).Timing.QueueWait);
        Assert.Equal((3, 2, 0), (device.Status.JobsExpired, device.Status.JobsDone, device.Status.QueueJobs));
    }

    [Fact]
    public async Task One_job_more_than_the_queue_holds_is_refused()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { QueueJobsMax = 3 });
        using var hold = new Hold();
        var holding = await hold.TakeAsync(device, _operation);
        var waiting = Enumerable.Range(1, 3).Select(i => device.RunAsync(_operation, new Script(i)).AsTask()).ToArray();
        var refused = await device.RunAsync(_operation, new Script(4));
        Assert.Equal(JobOutcomeKind.Refused, refused.Kind);
        Assert.Equal("Device 'native-0' has QueueJobsMax = 3 jobs waiting.", refused.Reason);
        hold.LetGo();
        await holding;
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Equal(JobOutcomeKind.Done, outcome.Kind));
        Assert.Equal(JobOutcomeKind.Done, (await device.RunAsync(_operation, new Script(5))).Kind);
        Assert.Equal(1, device.Status.JobsRefused);
    }

    [Fact]
    public async Task A_cancelled_job_is_not_launched_and_a_launched_one_is_given_up()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        using var hold = new Hold();
        using var cancellation = new CancellationTokenSource();
        var holding = device.RunAsync(_operation, new Script(0, hold.Act, Shape: -1), default, cancellation.Token).AsTask();
        await hold.Begun;
        var waiting = device.RunAsync(_operation, new Script(1), default, cancellation.Token).AsTask();
        var other = device.RunAsync(_operation, new Script(2)).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holding);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => device.RunAsync(_operation, new Script(3), default, cancellation.Token).AsTask());
        hold.LetGo();
        Assert.Equal(JobOutcomeKind.Done, (await other).Kind);
        Assert.Equal([0, 2], _operation.Launches.SelectMany(launch => launch.Values));
        Assert.Equal((2, 1, 0), (device.Status.JobsCancelled, device.Status.JobsDone, device.Status.QueueJobs));
    }

    [Fact]
    public async Task Control_overtakes_monitor_overtakes_deferrable_and_the_earliest_deadline_goes_first()
    {
        var time = new FakeTimeProvider(Start);
        await using var device = await DeviceDiscovery.OpenNativeAsync(time: time);
        using var hold = new Hold();
        var holding = await hold.TakeAsync(device, _operation);
        Task<JobOutcome<double[]>> Ask(double value, JobClass jobClass, double? deadlineMs) => device.RunAsync(
            _operation,
            new Script(value, Shape: (long)value),
            new JobOptions(deadlineMs is { } ms ? Start.AddMilliseconds(ms) : null, Class: jobClass)).AsTask();
        var waiting = new[]
        {
            Ask(9, JobClass.Deferrable, 1), Ask(7, JobClass.Monitor, null), Ask(8, JobClass.Monitor, null), Ask(6, JobClass.Monitor, 50),
            Ask(5, JobClass.Monitor, 40), Ask(3, JobClass.Control, null), Ask(2, JobClass.Control, 90), Ask(1, JobClass.Control, 80),
        };
        hold.LetGo();
        await holding;
        await Task.WhenAll(waiting);
        Assert.Equal([0, 1, 2, 3, 5, 6, 7, 8, 9], _operation.Launches.SelectMany(launch => launch.Values));
    }

    [Fact]
    public async Task Bad_input_is_thrown_at_its_caller_and_costs_no_place()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var error = await Assert.ThrowsAsync<ArgumentException>(() => device.RunAsync(_operation, new Script(-1)).AsTask());
        Assert.Equal("scripted: Value is -1; expected 0 or more.", error.Message);
        await Assert.ThrowsAsync<ArgumentException>(
            () => device.RunAsync(_operation, new Script(1), new JobOptions(Class: (JobClass)7)).AsTask());
        Assert.Equal(0, device.Status.QueueJobs);
    }
}
