using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using IndustrialTwin.Devices.Ilgpu;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>What goes wrong is seen in the metrics, and what a driver says is not lost.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Hangs_rebuilds_and_results_that_are_no_numbers_are_counted()
    {
        var counts = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == DeviceTelemetry.SourceName)
                self.EnableMeasurementEvents(instrument);
        };
        var name = $"seen-{Guid.NewGuid():N}";
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.Contains(new KeyValuePair<string, object?>("device", name)))
                counts.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
        });
        listener.Start();

        var time = new FakeTimeProvider();
        var operation = new ScriptedOperation();
        await using var device = new TestDevice(new DeviceOptions { LaunchMax = TimeSpan.FromSeconds(1) }, time, name);
        await device.OpenAsync();
        await device.RunAsync(operation, new Script(1, () => double.NaN));
        await device.RunAsync(operation, new Script(1, () => throw new InvalidOperationException("lost")));
        using var hold = new Hold();
        var hung = await hold.TakeAsync(device, operation);
        time.Advance(TimeSpan.FromSeconds(1.25));
        await hung.WaitAsync(TimeSpan.FromSeconds(30));
        await device.RunAsync(operation, new Script(2));
        Assert.Equal(1, counts["itwin.device.results.nonfinite"]);
        Assert.Equal(1, counts["itwin.device.launches.hung"]);
        Assert.Equal(2, counts["itwin.device.rebuilds"]);
        Assert.Equal(4, counts["itwin.device.jobs"]);
    }

    [Fact]
    public async Task A_traced_job_says_what_the_device_was_at_while_it_waited()
    {
        using var source = new ActivitySource($"test-{Guid.NewGuid():N}");
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = listened => listened.Name == DeviceTelemetry.SourceName || listened.Name == source.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var time = new FakeTimeProvider();
        var operation = new ScriptedOperation();
        await using var device = new TestDevice(DeviceOptions.Default, time, $"busy-{Guid.NewGuid():N}");
        await device.OpenAsync();
        using var hold = new Hold();
        var before = await hold.TakeAsync(device, operation);
        using var root = source.StartActivity("root")!;
        var waiting = device.RunAsync(operation, new Script(3), new JobOptions(time.GetUtcNow().AddSeconds(1), root.Context, JobClass.Control)).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(40));
        hold.LetGo();
        await Task.WhenAll(before, waiting).WaitAsync(TimeSpan.FromSeconds(30));
        var queue = Assert.Single(ended, span => span.OperationName == DeviceTelemetry.QueueActivity && span.TraceId == root.TraceId);
        Assert.Equal(operation.Name, queue.GetTagItem("device.before.operation"));
        Assert.Equal("monitor", queue.GetTagItem("device.before.class"));
        Assert.Equal(1, queue.GetTagItem("device.before.launches"));
        Assert.Equal(40.0, (double)queue.GetTagItem("device.before.busy_ms")!, 3);
        Assert.Equal(1000.0, (double)queue.GetTagItem("itwin.deadline.left_ms")!, 3);
        var launch = Assert.Single(ended, span => span.OperationName == DeviceTelemetry.LaunchActivity && span.TraceId == root.TraceId);
        Assert.Equal(40.0, (double)launch.GetTagItem("device.launch.usual_ms")!, 3);
        Assert.Equal(OperatingSystem.IsLinux(), launch.GetTagItem("thread.cpu_ms") is double);
    }

    [Fact]
    public void Of_many_launches_the_longest_is_named_and_only_their_part_of_the_wait_counts()
    {
        var time = new FakeTimeProvider();
        var (history, operation) = (new LaunchHistory(time), new ScriptedOperation());
        Assert.Null(history.Since(0));
        Assert.Null(history.UsualMs(operation));
        long At(int ms) => ms * time.TimestampFrequency / 1_000;
        history.Add(operation, JobClass.Control, 1, At(0), At(2), null);
        history.Add(operation, JobClass.Deferrable, 9, At(2), At(32), 1.5);
        history.Add(operation, JobClass.Monitor, 4, At(32), At(37), 5);
        Assert.Null(history.Since(At(37)));
        var busy = history.Since(At(12))!.Value;
        Assert.Equal((2, 25.0, JobClass.Deferrable, 9, 30.0, 1.5), (busy.Launches, busy.OverlapMs, busy.Class, busy.Windows, busy.LaunchMs, busy.CpuMs));
        Assert.InRange(history.UsualMs(operation)!.Value, 2, 30);
    }

    [Fact]
    public void The_words_of_a_driver_are_kept_for_the_thread_that_asked()
    {
        using var log = new DriverLog();
        Trace.WriteLine("error: no such type");
        var other = new Thread(() => Trace.WriteLine("something else"));
        other.Start();
        other.Join();
        Assert.Equal("error: no such type", log.Text);
    }
}
