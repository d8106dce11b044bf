using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>Long jobs between short ones.</summary>
public sealed class SliceTests
{
    private readonly Counting _counting = new();
    private readonly ScriptedOperation _operation = new();

    [Fact]
    public async Task A_control_job_waits_for_one_step_at_most()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { SliceMax = TimeSpan.FromSeconds(1) });
        Task<JobOutcome<double[]>>? control = null;
        var at = 0;
        var finished = await device.RunAsync(
            _counting,
            new Count(10, step =>
            {
                if (step == 4)
                    control = device.RunAsync(_operation, new Script(1, () => at = _counting.Threads.Count), new JobOptions(Class: JobClass.Control)).AsTask();
            }),
            new JobOptions(Class: JobClass.Deferrable)).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(10, finished.Result);
        Assert.Equal(JobOutcomeKind.Done, (await control!).Kind);
        Assert.Equal(4, at);
        Assert.Single(_counting.Threads.Distinct());
        Assert.Equal((3, 2, 0), (device.Status.Launches, device.Status.Windows, device.Status.QueueJobs));
    }

    [Fact]
    public async Task Slices_of_two_jobs_do_not_mix_and_the_earlier_deadline_goes_first()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { SliceMax = TimeSpan.Zero });
        using var hold = new Hold();
        await hold.TakeAsync(device, _operation);
        var order = new List<string>();
        var soon = DateTimeOffset.UtcNow.AddHours(1);
        var later = device.RunAsync(_counting, new Count(3, _ => order.Add("later")), new JobOptions(soon.AddHours(1), Class: JobClass.Deferrable)).AsTask();
        var earlier = device.RunAsync(_counting, new Count(3, _ => order.Add("earlier")), new JobOptions(soon, Class: JobClass.Deferrable)).AsTask();
        hold.LetGo();
        await Task.WhenAll(later, earlier).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["earlier", "earlier", "earlier", "later", "later", "later"], order);
        Assert.Equal(2, _counting.RunsDisposed);
    }

    [Fact]
    public async Task Short_jobs_of_a_sliced_operation_share_a_launch_and_a_long_one_among_them_goes_alone()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync(options: new DeviceOptions { SliceMax = TimeSpan.FromSeconds(1) });
        using var hold = new Hold();
        await hold.TakeAsync(device, _operation);
        var jobs = new[] { 1, 3, 1, 1 }.Select(steps => device.RunAsync(_counting, new Count(steps)).AsTask()).ToArray();
        hold.LetGo();
        var outcomes = await Task.WhenAll(jobs).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([1, 3, 1, 1], outcomes.Select(outcome => outcome.Result));
        Assert.Equal([1, 1, 2, 2], outcomes.Select(outcome => outcome.Timing.LaunchJobs));
        Assert.Equal(4, device.Status.Launches);
        Assert.Equal(4, _counting.RunsDisposed);
    }

    [Fact]
    public async Task A_job_stops_between_slices_when_its_deadline_passes_or_its_caller_gives_up()
    {
        var time = new FakeTimeProvider();
        await using var device = await DeviceDiscovery.OpenNativeAsync(time: time, options: new DeviceOptions { SliceMax = TimeSpan.Zero });
        var steps = 0;
        var expired = await device.RunAsync(
            _counting,
            new Count(int.MaxValue, step =>
            {
                steps = step;
                time.Advance(TimeSpan.FromMilliseconds(1));
            }),
            new JobOptions(time.GetUtcNow().AddMilliseconds(5))).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(JobOutcomeKind.Expired, expired.Kind);
        Assert.Equal(5, steps);

        using var cancellation = new CancellationTokenSource();
        var cancelled = device.RunAsync(
            _counting,
            new Count(int.MaxValue, step =>
            {
                if (step == 3)
                    cancellation.Cancel();
            }),
            default,
            cancellation.Token).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await device.RunAsync(_operation, new Script(1));
        Assert.Equal(2, _counting.RunsDisposed);
        Assert.Equal(0, device.Status.QueueJobs);
    }

    [Fact]
    public async Task A_failing_step_fails_its_job_alone()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var failed = await device.RunAsync(_counting, new Count(3, step => throw new InvalidOperationException($"step {step}")));
        Assert.Equal(JobOutcomeKind.Failed, failed.Kind);
        Assert.Contains("step 1", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(2, (await device.RunAsync(_counting, new Count(2))).Result);
        Assert.Equal(2, _counting.RunsDisposed);
        Assert.Equal(0, device.Status.QueueJobs);
    }

    [Fact]
    public async Task Work_under_way_ends_with_the_hardware_it_began_on()
    {
        await using var device = new TestDevice(new DeviceOptions { SliceMax = TimeSpan.Zero });
        await device.OpenAsync();
        Task<JobOutcome<double[]>>? failing = null;
        var ended = await device.RunAsync(
            _counting,
            new Count(int.MaxValue, step =>
            {
                if (step == 2)
                    failing = device.RunAsync(_operation, new Script(1, () => throw new InvalidOperationException("lost")), new JobOptions(Class: JobClass.Control)).AsTask();
            }),
            new JobOptions(Class: JobClass.Deferrable)).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(JobOutcomeKind.Failed, ended.Kind);
        Assert.Equal("Device 'test-0' was rebuilt while the job was under way.", ended.Reason);
        Assert.Equal(JobOutcomeKind.Failed, (await failing!).Kind);
        Assert.Equal(JobOutcomeKind.Done, (await device.RunAsync(_operation, new Script(2))).Kind);
        Assert.Equal(1, _counting.RunsDisposed);
    }
}
