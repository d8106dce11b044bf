using IndustrialTwin.Accelerators;
using IndustrialTwin.Nodes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IndustrialTwin.Health;

/// <summary>Whether at least one device takes work; one of several that does not is a degradation.</summary>
internal sealed class AcceleratorHealth(NodeDevices devices) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var broken = devices.Accelerators.Where(accelerator => !devices.DeviceOf(accelerator).Status.IsHealthy).ToList();
        var detail = $"{devices.Accelerators.Count - broken.Count} of {devices.Accelerators.Count} devices take work.";
        return Task.FromResult(
            broken.Count == 0 ? HealthCheckResult.Healthy(detail)
            : broken.Count < devices.Accelerators.Count ? HealthCheckResult.Degraded($"{detail} Broken: {string.Join(", ", broken.Select(Reason))}.")
            : HealthCheckResult.Unhealthy($"{detail} Broken: {string.Join(", ", broken.Select(Reason))}."));
    }

    private string Reason(AcceleratorKey accelerator) =>
        devices.DeviceOf(accelerator).Status.LastError is { } error ? $"{accelerator} ({error})" : accelerator.ToString();
}
