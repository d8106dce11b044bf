using IndustrialTwin.Samples;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IndustrialTwin.Health;

/// <summary>Whether the durable log can be written.</summary>
internal sealed class SampleLogHealth(ISampleLog log) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(log.Health.IsAvailable
            ? HealthCheckResult.Healthy("The durable log takes writes.")
            : HealthCheckResult.Unhealthy($"The durable log takes no writes: {log.Health.Detail}"));
}
