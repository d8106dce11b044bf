using System.Globalization;
using IndustrialTwin.Audit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IndustrialTwin.Health;

/// <summary>Whether there is room for the audit log. Where little is left it is a degradation: someone has to make room before it is full.</summary>
internal sealed class AuditRoomHealth(AuditRoom room) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        room.Left is not { } left ? HealthCheckResult.Healthy(room.IsKnowable ? "The room for the audit log has not been read yet." : "The room for the audit log is not known: Storage:DatabaseBytesMax says how much the database may take.")
        : left >= room.LeastBytes ? HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"{left:#,0} bytes are left for the audit log."))
        : HealthCheckResult.Degraded(string.Create(CultureInfo.InvariantCulture, $"{left:#,0} bytes are left for the audit log, fewer than Storage:AuditRoomMin = {room.LeastBytes:#,0}; make room, or what must be recorded will be refused.")));
}
