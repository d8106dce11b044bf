using IndustrialTwin.Models;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IndustrialTwin.Health;

/// <summary>Whether the silo took all models that it was given. One that it refused is a degradation: all else goes on.</summary>
internal sealed class ModelHealth(ModelShelf shelf) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var refused = shelf.Verdicts.Where(verdict => verdict.Refusal is not null).ToList();
        var detail = $"{shelf.Models.Count} of {shelf.Verdicts.Count} models are taken.";
        return Task.FromResult(refused.Count == 0
            ? HealthCheckResult.Healthy(detail)
            : HealthCheckResult.Degraded($"{detail} Refused: {string.Join(", ", refused.Select(verdict => $"{verdict.Model} ({verdict.Refusal})"))}."));
    }
}
