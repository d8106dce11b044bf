using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IndustrialTwin.Telemetry;

/// <summary>
/// Traces, metrics and logs. All go out over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector, and metrics stand at
/// <c>/metrics</c> too. Whether a message is traced is decided at the door, when it is received; the actor runtime's own activity
/// sources stay off, because they cost more than half of the calls per second.
/// </summary>
internal static class TelemetryHosting
{
    public static void AddTelemetry(this WebApplicationBuilder builder, string node)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService("industrialtwin-silo", serviceNamespace: "industrialtwin", serviceInstanceId: node)
                .AddAttributes([new("itwin.node", node)]))
            .WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new AlwaysOnSampler()))
                .AddSource("IndustrialTwin.*"))
            .WithMetrics(metrics => metrics
                .AddMeter("IndustrialTwin.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        telemetry.UseOtlpExporter();
    }
}
