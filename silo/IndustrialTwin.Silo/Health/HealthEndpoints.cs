using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IndustrialTwin.Health;

/// <summary>The probes: <c>/health/live</c> says that the process answers, <c>/health/ready</c> that it can take samples.</summary>
internal static class HealthEndpoints
{
    private const string Ready = "ready";

    public static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<SampleLogHealth>("sample-log", tags: [Ready])
        .AddCheck<IngestHealth>("mqtt", tags: [Ready])
        .AddCheck<AcceleratorHealth>("accelerators", tags: [Ready])
        .AddCheck<ModelHealth>("models", tags: [Ready])
        .AddCheck<ProgramHealth>("program", tags: [Ready])
        .AddCheck<AuditRoomHealth>("audit-room", tags: [Ready])
        .AddCheck<SiloHealth>("silo", tags: [Ready]);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(
                entry => entry.Key, entry => new { status = entry.Value.Status.ToString(), detail = entry.Value.Description }),
        }));
    }
}
