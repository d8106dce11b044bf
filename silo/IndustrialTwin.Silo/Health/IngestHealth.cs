using IndustrialTwin.Mqtt;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IndustrialTwin.Health;

/// <summary>Whether samples can come in over MQTT.</summary>
internal sealed class IngestHealth(IMqttIngest ingest) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = ingest.Status;
        return Task.FromResult(status.IsConnected
            ? HealthCheckResult.Healthy($"{status.Mode} broker at {status.Endpoint}, {status.Connections} connections.")
            : HealthCheckResult.Unhealthy($"{status.Mode} broker at {status.Endpoint} is not reached: {status.LastError}"));
    }
}
