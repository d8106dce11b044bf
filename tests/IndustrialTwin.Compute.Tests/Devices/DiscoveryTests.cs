using Microsoft.Extensions.Logging;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>What is opened, and what is said of what is not.</summary>
public sealed class DiscoveryTests
{
    [Fact]
    public async Task There_is_always_a_native_device_and_a_reason_for_every_other()
    {
        var log = new Recorded();
        var devices = await new DeviceDiscovery(logger: log).OpenAsync(TestContext.Current.CancellationToken);
        try
        {
            var native = Assert.Single(devices, device => device.Description.Kind == DeviceKind.NativeCpu);
            Assert.Same(native, devices[^1]);
            Assert.Equal("native-0", native.Description.Id);
            Assert.DoesNotContain(devices, device => device.Description.Kind == DeviceKind.IlgpuCpuSimulator);
            Assert.All(devices, device => Assert.Contains(log.Lines, line => line.StartsWith($"Device {device.Description.Id} is open", StringComparison.Ordinal)));
            if (devices.All(device => device.Description.Kind != DeviceKind.IlgpuCuda))
                Assert.Contains(log.Lines, line => line.StartsWith("No cuda device is used: ", StringComparison.Ordinal));
            if (devices.Count == 1)
                Assert.Contains(log.Lines, line => line.StartsWith("No opencl device is used: ", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var device in devices)
                await device.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_device_that_computes_wrong_is_not_used()
    {
        await using var lying = new TestDevice { IsLying = _ => true };
        await lying.OpenAsync();
        var reason = await DeviceProbe.FailureAsync(lying, TestContext.Current.CancellationToken);
        Assert.Matches("^its power spectrum is off by .* of the norm; 0.0001 is allowed.$", reason);
        await using var honest = new TestDevice();
        await honest.OpenAsync();
        Assert.Null(await DeviceProbe.FailureAsync(honest, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Options_outside_their_range_are_named()
    {
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => new DeviceDiscovery(device: new DeviceOptions { LaunchMax = TimeSpan.Zero }).OpenAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("DeviceOptions.LaunchMax must lie in 00:00:00.0100000..01:00:00.", error.Message, StringComparison.Ordinal);
    }

    private sealed class Recorded : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
                Lines.Add(formatter(state, exception));
        }
    }
}
