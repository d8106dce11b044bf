using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Testing;

/// <summary>A span as it came over the wire; ids in lower-case hexadecimal, an empty parent for a root.</summary>
internal sealed record ReceivedSpan(
    string TraceId, string SpanId, string ParentSpanId, string Name, ulong StartNs, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> LinkedSpanIds);

/// <summary>A collector that takes OTLP over HTTP and keeps spans, names of metrics and bodies of logs. Field numbers are those of opentelemetry-proto 1.x.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte> _metrics = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    public ConcurrentQueue<string> Logs { get; } = new();

    public IReadOnlySet<string> Metrics => _metrics.Keys.ToHashSet();

    public string Endpoint => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", async (HttpContext context) => receiver.ReadTraces(await BodyAsync(context)));
        receiver._app.MapPost("/v1/metrics", async (HttpContext context) => receiver.ReadMetrics(await BodyAsync(context)));
        receiver._app.MapPost("/v1/logs", async (HttpContext context) => receiver.ReadLogs(await BodyAsync(context)));
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    // ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2.
    private void ReadTraces(byte[] body)
    {
        foreach (var resource in Fields(body, 1))
        {
            foreach (var scope in Fields(resource, 2))
            {
                foreach (var span in Fields(scope, 2))
                {
                    Spans.Enqueue(new ReceivedSpan(
                        Hex(span, 1), Hex(span, 2), Hex(span, 4),
                        Text(span, 5),
                        Start(span),
                        Fields(span, 9).ToDictionary(tag => Text(tag, 1), tag => Value(Fields(tag, 2)[0])),
                        [.. Fields(span, 13).Select(link => Hex(link, 2))]));
                }
            }
        }
    }

    // ExportMetricsServiceRequest.resource_metrics = 1, ResourceMetrics.scope_metrics = 2, ScopeMetrics.metrics = 2, Metric.name = 1.
    private void ReadMetrics(byte[] body)
    {
        foreach (var metric in Fields(body, 1).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2)))
        {
            _metrics.TryAdd(Text(metric, 1), 0);
        }
    }

    // ExportLogsServiceRequest.resource_logs = 1, ResourceLogs.scope_logs = 2, ScopeLogs.log_records = 2, LogRecord.body = 5.
    private void ReadLogs(byte[] body)
    {
        foreach (var record in Fields(body, 1).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2)))
        {
            Logs.Enqueue(Fields(record, 5) is [var text] ? Value(text) : string.Empty);
        }
    }

    private static string Text(byte[] message, int field) => System.Text.Encoding.UTF8.GetString(Fields(message, field).FirstOrDefault([]));

    // AnyValue: string_value = 1, bool_value = 2, int_value = 3, double_value = 4.
    private static string Value(byte[] any)
    {
        using var input = new CodedInputStream(any);
        return WireFormat.GetTagFieldNumber(input.ReadTag()) switch
        {
            1 => input.ReadString(),
            2 => $"{input.ReadBool()}",
            3 => $"{input.ReadInt64()}",
            4 => $"{input.ReadDouble()}",
            _ => string.Empty,
        };
    }

    // Span.start_time_unix_nano = 7, a fixed64.
    private static ulong Start(byte[] span)
    {
        using var input = new CodedInputStream(span);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == 7)
            {
                return input.ReadFixed64();
            }

            input.SkipLastField();
        }

        return 0;
    }

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Fields(message, field).FirstOrDefault([]));

    private static List<byte[]> Fields(byte[] message, int field)
    {
        var found = new List<byte[]>();
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
