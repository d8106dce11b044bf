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
