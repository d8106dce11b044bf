using System.Diagnostics.Metrics;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Telemetry;

/// <summary>
/// What the readiness probe asks, as instruments: an alert has to see that the log or a device is away, and counters of failures do
/// not exist before the first one.
/// </summary>
internal sealed class StateInstruments : IHostedService, IDisposable
{
    private readonly Meter _meter = new("IndustrialTwin.Silo");

    public StateInstruments(ISampleLog log, NodeDevices devices)
    {
        _meter.CreateObservableGauge("itwin.log.available", () => log.Health.IsAvailable ? 1 : 0, "{state}", "1 where the durable log takes writes, else 0.");
        _meter.CreateObservableGauge(
            "itwin.device.available",
            () => devices.Accelerators.Select(accelerator => new Measurement<int>(
                devices.DeviceOf(accelerator).Status.IsHealthy ? 1 : 0, new KeyValuePair<string, object?>("device", accelerator.Device))),
            "{state}",
            "1 where the device takes work, else 0.");
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
