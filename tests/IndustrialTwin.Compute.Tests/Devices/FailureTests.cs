using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Statistics;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>Hardware that throws, hangs, computes wrong or does not come back: jobs end once, and the device goes on.</summary>
public sealed class FailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ScriptedOperation _operation = new();

    [Fact]
    public async Task A_failed_launch_fails_its_jobs_and_no_others()
    {
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        using var hold = new Hold();
        await hold.TakeAsync(device, _operation);
        var failing = Enumerable.Range(1, 3)
            .Select(i => device.RunAsync(_operation, new Script(i, i == 2 ? () => throw new InvalidOperationException("burnt") : null)).AsTask()).ToArray();
        var other = device.RunAsync(_operation, new Script(4, Shape: 1)).AsTask();
        hold.LetGo();
        Assert.All(await Task.WhenAll(failing), outcome => Assert.Equal(
            (JobOutcomeKind.Failed, "Operation 'scripted' failed on device 'native-0': burnt"), (outcome.Kind, outcome.Reason)));
        Assert.Equal(JobOutcomeKind.Done, (await other).Kind);
        Assert.Equal((3, 2), (device.Status.JobsFailed, device.Status.JobsDone));
        Assert.True(device.Status.IsHealthy);
    }

    [Fact]
    public async Task After_an_error_the_hardware_is_opened_anew_before_the_next_launch()
    {
        await using var device = new TestDevice();
        await device.OpenAsync();
        var failed = await device.RunAsync(_operation, new Script(1, () => throw new InvalidOperationException("device lost")));
        Assert.Equal(JobOutcomeKind.Failed, failed.Kind);
        Assert.Equal(2, Assert.Single((await device.RunAsync(_operation, new Script(2))).Result!));
        Assert.Equal((2, 1), (device.Opens, device.Closes));
        Assert.Equal((2, 1), (_operation.FormsMade, _operation.FormsDisposed));
        Assert.True(device.Status.IsHealthy);
        Assert.Equal(1, device.Status.Rebuilds);
        Assert.Contains("device lost", device.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_does_not_come_back_fails_jobs_at_once_and_is_tried_again_by_itself()
    {
        var time = new FakeTimeProvider();
        using var tried = new SemaphoreSlim(0);
        await using var device = new TestDevice(new DeviceOptions { RebuildInterval = TimeSpan.FromSeconds(5) }, time)
        {
            Opening = attempt =>
            {
                if (attempt is 2 or 3)
                {
                    tried.Release();
                    throw new InvalidOperationException("no such device");
                }
            },
        };
        await device.OpenAsync();
        await device.RunAsync(_operation, new Script(1, () => throw new InvalidOperationException("device lost")));
        Assert.True(await tried.WaitAsync(Patience));
        var failed = await device.RunAsync(_operation, new Script(2)).AsTask().WaitAsync(Patience);
        Assert.Equal("Device 'test-0' is broken and not yet rebuilt: no such device", failed.Reason);
        Assert.False(device.Status.IsHealthy);
        // Nobody asks for anything; time alone brings the next attempts.
        while (!device.Status.IsHealthy)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, Assert.Single((await device.RunAsync(_operation, new Script(3))).Result!));
        Assert.Equal(4, device.Opens);
        Assert.Equal(2, _operation.Launches.Count);
    }

    [Fact]
    public async Task A_hung_launch_fails_its_jobs_and_the_rest_goes_on_with_a_new_owner()
    {
        var time = new FakeTimeProvider();
        await using var device = new TestDevice(new DeviceOptions { LaunchMax = TimeSpan.FromSeconds(1) }, time);
        await device.OpenAsync();
        using var hold = new Hold();
        var hung = await hold.TakeAsync(device, _operation);
        var waiting = device.RunAsync(_operation, new Script(1)).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(hung.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(251));
        var outcome = await hung.WaitAsync(Patience);
        Assert.Equal(JobOutcomeKind.Failed, outcome.Kind);
        Assert.Equal("Device 'test-0' is hung: a launch or rebuild has taken longer than LaunchMax = 1 s.", outcome.Reason);
        Assert.Equal(1, Assert.Single((await waiting.WaitAsync(Patience)).Result!));
        Assert.Equal((1, 1, 1, 1), (device.Status.LaunchesHung, device.Status.Rebuilds, device.Status.JobsFailed, device.Status.JobsDone));
        Assert.True(device.Status.IsHealthy);
        Assert.Equal(0, device.Closes);

        // The old owner comes back: it closes what it had opened and its result goes nowhere.
        hold.LetGo();
        while (device.Closes == 0)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.Equal(2, Assert.Single((await device.RunAsync(_operation, new Script(2))).Result!));
        Assert.Equal((1, 2), (device.Status.JobsFailed, device.Status.JobsDone));
        Assert.Equal(2, _operation.Launches.Select(launch => launch.Thread).Distinct().Count());
    }

    [Fact]
    public async Task A_device_that_hangs_again_and_again_is_closed()
    {
        var time = new FakeTimeProvider();
        var device = new TestDevice(new DeviceOptions { LaunchMax = TimeSpan.FromSeconds(1), HungLaunchesMax = 1 }, time);
        await device.OpenAsync();
        using var first = new Hold();
        using var second = new Hold();
        var hung = await first.TakeAsync(device, _operation);
        time.Advance(TimeSpan.FromSeconds(1.25));
        await hung.WaitAsync(Patience);
        hung = await second.TakeAsync(device, _operation);
        var waiting = device.RunAsync(_operation, new Script(1)).AsTask();
        time.Advance(TimeSpan.FromSeconds(1.25));
        Assert.Equal(JobOutcomeKind.Failed, (await hung.WaitAsync(Patience)).Kind);
        Assert.EndsWith("It is closed, since HungLaunchesMax = 1 launches hang already.", (await waiting.WaitAsync(Patience)).Reason, StringComparison.Ordinal);
        Assert.Equal(JobOutcomeKind.Failed, (await device.RunAsync(_operation, new Script(2))).Kind);
        Assert.False(device.Status.IsHealthy);
        await device.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_result_that_is_no_number_fails_its_job_and_an_honest_device_goes_on()
    {
        await using var device = new TestDevice();
        await device.OpenAsync();
        using var hold = new Hold();
        await hold.TakeAsync(device, _operation);
        var good = device.RunAsync(_operation, new Script(1)).AsTask();
        var bad = device.RunAsync(_operation, new Script(2, () => double.NaN)).AsTask();
        hold.LetGo();
        Assert.Equal(JobOutcomeKind.Done, (await good).Kind);
        Assert.Equal("Operation 'scripted' gave device 'test-0' no finite result: Values[0] is NaN.", (await bad).Reason);
        Assert.Equal(JobOutcomeKind.Failed, (await bad).Kind);
        Assert.Equal(JobOutcomeKind.Done, (await device.RunAsync(_operation, new Script(3))).Kind);
        Assert.Equal((1, 0, 1), (device.Status.ResultsNotFinite, device.Status.Rebuilds, device.Opens));
    }

    [Fact]
    public async Task A_device_that_computes_wrong_is_found_out_and_rebuilt()
    {
        await using var device = new TestDevice { IsLying = opening => opening == 1 };
        await device.OpenAsync();
        var failed = await device.RunAsync(_operation, new Script(2, () => double.PositiveInfinity));
        Assert.Equal(JobOutcomeKind.Failed, failed.Kind);
        Assert.Equal(JobOutcomeKind.Done, (await device.RunAsync(_operation, new Script(3))).Kind);
        Assert.Equal((2, 1, 1), (device.Opens, device.Closes, device.Status.Rebuilds));
        Assert.Contains("its power spectrum is off by", device.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ilgpu_device_is_opened_anew_and_its_kernels_are_compiled_again()
    {
        await using var device = DevicesPresent.Ilgpu(DevicesPresent.Simulator);
        await device.OpenAsync();
        var input = Signals.Windows(2, 16, 1);
        var before = await device.RunAsync(WindowStatistics.Instance, input);
        Assert.Equal(JobOutcomeKind.Failed, (await device.RunAsync(_operation, new Script(1, () => throw new InvalidOperationException("lost")))).Kind);
        var after = await device.RunAsync(WindowStatistics.Instance, input);
        Assert.Equal(before.Result!, after.Result!);
        Assert.Equal((1, true), (device.Status.Rebuilds, device.Status.IsHealthy));
    }

    [Fact]
    public async Task Disposal_ends_everything_once()
    {
        var device = new TestDevice();
        await device.OpenAsync();
        using var hold = new Hold();
        var holding = await hold.TakeAsync(device, _operation);
        var waiting = Enumerable.Range(1, 50).Select(i => device.RunAsync(_operation, new Script(i, Shape: i % 5)).AsTask()).ToArray();
        var closing = device.DisposeAsync().AsTask();
        var late = await device.RunAsync(_operation, new Script(99));
        Assert.Equal((JobOutcomeKind.Failed, "Device 'test-0' is disposed."), (late.Kind, late.Reason));
        hold.LetGo();
        await closing.WaitAsync(Patience);
        Assert.Equal(JobOutcomeKind.Done, (await holding).Kind);
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Equal(JobOutcomeKind.Failed, outcome.Kind));
        Assert.Equal((1, 51, 0), (device.Status.JobsDone, device.Status.JobsFailed, device.Status.QueueJobs));
        Assert.False(device.Status.IsHealthy);
        Assert.Equal(1, device.Closes);
        await device.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_cannot_open_says_why_and_disposes()
    {
        var device = new TestDevice { Opening = _ => throw new InvalidOperationException("no driver") };
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => device.OpenAsync());
        Assert.Equal("no driver", error.Message);
        await device.DisposeAsync().AsTask().WaitAsync(Patience);
    }
}
