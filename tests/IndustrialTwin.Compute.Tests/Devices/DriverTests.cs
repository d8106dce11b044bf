using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>What stands around a driver.</summary>
public sealed class DriverTests
{
    [Fact]
    public void Attempts_to_rebuild_come_ever_more_seldom_up_to_a_limit()
    {
        var options = new DeviceOptions { RebuildInterval = TimeSpan.FromMilliseconds(250), RebuildIntervalMax = TimeSpan.FromSeconds(5) };
        Assert.Equal([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000], Enumerable.Range(0, 7).Select(before => options.RebuildWait(before).TotalMilliseconds));
        Assert.Equal(5_000, options.RebuildWait(int.MaxValue).TotalMilliseconds);
        // A limit below the interval is none.
        Assert.Equal(8, new DeviceOptions { RebuildInterval = TimeSpan.FromSeconds(8) }.RebuildWait(3).TotalSeconds);
    }

    [Fact]
    public async Task Hardware_that_names_another_device_is_not_used()
    {
        var driver = new FakeDriver(_ => new FakeHardware("other-0"));
        await using var device = await OpenAsync(driver);
        await UntilAsync(() => device.Status.LastError is not null);
        Assert.Equal("The driver describes device 'other-0'; it was told to open 'npu-0'.", device.Status.LastError);
        Assert.False(device.Status.IsHealthy);
    }

    [Fact]
    public async Task Idle_hardware_that_is_lost_is_opened_anew_without_a_job_to_find_out()
    {
        var hardware = new List<FakeHardware>();
        var driver = new FakeDriver(id =>
        {
            lock (hardware)
                hardware.Add(new FakeHardware(id));
            return hardware[^1];
        });
        await using var device = await OpenAsync(driver);
        await UntilAsync(() => device.Status.IsHealthy);
        hardware[0].Loss = "unplugged";
        await UntilAsync(() => device.Status.Rebuilds == 2 && device.Status.IsHealthy);
        Assert.Equal("unplugged", device.Status.LastError);
        Assert.True(hardware[0].IsDisposed);
        Assert.False(hardware[1].IsDisposed);
    }

    [Fact]
    public async Task A_device_without_its_driver_refuses_operations_by_name_and_ends_with_its_disposal()
    {
        var device = await OpenAsync(new FakeDriver(_ => throw new IOException("no board in slot 1")));
        await UntilAsync(() => device.Status.LastError is not null);
        Assert.Equal("no board in slot 1", device.Status.LastError);
        Assert.Equal(DeviceKind.External, device.Description.Kind);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => device.RunAsync(new ScriptedOperation(), new Script(1)).AsTask());
        Assert.Contains("Operation 'scripted' has no form for device 'npu-0'", error.Message, StringComparison.Ordinal);
        await device.DisposeAsync();
        Assert.False(device.Status.IsHealthy);
    }

    [Fact]
    public async Task An_operation_that_is_no_arrays_is_not_brought_to_hardware_that_takes_arrays()
    {
        var hardware = new ArrayFake();
        await using var device = await OpenAsync(new FakeDriver(_ => hardware));
        await UntilAsync(() => device.Status.LastError is not null);
        Assert.Equal("none of its operations can be checked: scripted.", device.Status.LastError);
        Assert.Equal(0, hardware.Launches);
    }

    [Fact]
    public void Sliding_windows_come_to_hardware_that_takes_arrays_as_plain_ones()
    {
        using var hardware = new ArrayMeans();
        using var form = hardware.CreateForm(SlidingStatistics.Instance);
        var results = new SlidingResult<WindowSummary[]>[2];
        var windows = new SlidingWindows(ResidentKey.Create(), 8, new float[] { 1, 2, 3, 4, 5, 6, 7, 8 }, Length: 4, Stride: 2, Count: 3);
        form.Launch([windows, windows.WithNewest(2)], results);
        Assert.True(results[0].TryGetValue(out var summaries));
        Assert.Equal([2.5, 4.5, 6.5], summaries.Select(summary => summary.Mean));
        Assert.False(results[0].IsHeld);
        Assert.True(results[1].IsMissing);
        var arrays = hardware.Description with { IsArrays = true };
        Assert.True(arrays.CanRun(SlidingStatistics.Instance));
        Assert.False(arrays.CanRun(SlidingSpectrum.Instance));
    }

    private static Task<IComputeDevice> OpenAsync(DeviceDriver driver) => DeviceDiscovery.OpenDriverAsync(
        new NamedDriver("npu-0", driver), new DeviceOptions { RebuildInterval = TimeSpan.FromMilliseconds(10) });

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !condition(); await Task.Delay(5, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "What was waited for did not come.");
    }

    private sealed class FakeDriver(Func<string, DeviceHardware> open) : DeviceDriver
    {
        public override DeviceHardware Open(string id) => open(id);
    }

    private sealed class ArrayFake : ArrayHardware
    {
        public int Launches;

        public override DeviceDescription Description { get; } = new("npu-0", DeviceKind.Npu, "a fake", 0, 1, true, 64)
        {
            Operations = new HashSet<string> { "scripted" },
        };

        public override IReadOnlyList<IReadOnlyList<NamedArray>> Launch(string operation, IReadOnlyList<ArrayJob> jobs)
        {
            Launches++;
            return [];
        }

        public override void Dispose()
        {
        }
    }

    private sealed class ArrayMeans : ArrayHardware
    {
        public override DeviceDescription Description { get; } = new("npu-0", DeviceKind.Npu, "a fake", 0, 1, true, 64)
        {
            Operations = new HashSet<string> { "window-statistics" },
        };

        public override IReadOnlyList<IReadOnlyList<NamedArray>> Launch(string operation, IReadOnlyList<ArrayJob> jobs)
        {
            Assert.Equal("window-statistics", operation);
            return
            [
                .. jobs.Select(job =>
                {
                    var samples = job.Inputs[0].ToFloat32();
                    var summary = new double[10];
                    summary[2] = samples.Average();
                    return (IReadOnlyList<NamedArray>)[NamedArray.Of("summaries", summary, 1, 10)];
                }),
            ];
        }

        public override void Dispose()
        {
        }
    }

    private sealed class FakeHardware(string id) : DeviceHardware
    {
        public volatile string? Loss;
        public volatile bool IsDisposed;

        public override DeviceDescription Description { get; } = new(id, DeviceKind.Npu, "a fake", 0, 1, true, 64);

        public override TimeSpan? CheckInterval => TimeSpan.FromMilliseconds(10);

        public override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation) =>
            operation.CreateNativeForm(NativeCode.Portable);

        public override string? Failure() => Loss;

        public override void Dispose() => IsDisposed = true;
    }
}
