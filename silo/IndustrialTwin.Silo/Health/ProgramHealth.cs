using IndustrialTwin.Integrity;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IndustrialTwin.Health;

/// <summary>Whether the program's files were as they were published when it started. Others are a degradation: a plant does not stand still for it.</summary>
internal sealed class ProgramHealth(ProgramFiles program) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(program.Faults.Count == 0 ? HealthCheckResult.Healthy(program.Detail) : HealthCheckResult.Degraded(program.Detail));
}
