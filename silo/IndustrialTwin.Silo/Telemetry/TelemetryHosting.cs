using System.Diagnostics.Metrics;
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
    private static readonly double[] DurationBoundariesS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

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
                .AddView(BucketsOf)
                .AddPrometheusExporter());
        builder.Services.AddHostedService<StateInstruments>();
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        // Before the exporter, so that what goes out has the tags.
        telemetry.WithTracing(tracing => tracing.AddProcessor(_ => new PauseTags(new ProcessPauses())));
        telemetry.UseOtlpExporter();
    }

    /// <summary>The default buckets are made for milliseconds; in seconds every duration of ours would fall into the first.</summary>
    private static ExplicitBucketHistogramConfiguration? BucketsOf(Instrument instrument) =>
        instrument is Histogram<double> { Unit: "s", Advice: null } && instrument.Meter.Name.StartsWith("IndustrialTwin.", StringComparison.Ordinal)
            ? new ExplicitBucketHistogramConfiguration { Boundaries = DurationBoundariesS }
            : null;
}
