using System.Globalization;
using System.Text.Json;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Traces;

/// <summary>Reads spans from a file of OTLP as JSON lines, such as <see cref="TraceReceiver"/> or the collector's file exporter writes.</summary>
internal static class TraceFile
{
    /// <summary>Every span in it.</summary>
    /// <exception cref="CommandFault">It cannot be read, or a line is no OTLP; the message names the line.</exception>
    public static List<RecordedSpan> Read(string path)
    {
        var spans = new List<RecordedSpan>();
        try
        {
            foreach (var (number, line) in File.ReadLines(path).Index())
            {
                if (line.Length > 0)
                {
                    Read(path, number + 1, line, spans);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault($"'{path}' cannot be read: {fault.Message}", ExitCode.Refused, fault);
        }

        return spans;
    }

    private static void Read(string path, int number, string line, List<RecordedSpan> spans)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            spans.AddRange(
                from resource in List(json.RootElement, "resourceSpans")
                from scope in List(resource, "scopeSpans")
                from span in List(scope, "spans")
                select Span(span));
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CommandFault($"'{path}', line {number} is no OTLP as JSON: {fault.Message}", ExitCode.Refused, fault);
        }
    }

    private static RecordedSpan Span(JsonElement span) => new(
        Text(span, "traceId"),
        Text(span, "spanId"),
        Text(span, "parentSpanId"),
        Text(span, "name"),
        Time(span, "startTimeUnixNano"),
        Time(span, "endTimeUnixNano"),
        List(span, "attributes").ToDictionary(tag => Text(tag, "key"), tag => Value(tag.GetProperty("value"))),
        [.. List(span, "events").Select(happened => (Text(happened, "name"), Time(happened, "timeUnixNano")))],
        [.. List(span, "links").Select(link => Text(link, "traceId"))],
        span.TryGetProperty("status", out var status) && status.TryGetProperty("code", out var code) && code.ToString() is "2" or "STATUS_CODE_ERROR" ? Text(status, "message") : null);

    private static object Value(JsonElement value)
    {
        foreach (var kind in value.EnumerateObject())
        {
            return kind.Name switch
            {
                "intValue" => long.Parse(kind.Value.ToString(), CultureInfo.InvariantCulture),
                "doubleValue" => kind.Value.GetDouble(),
                "boolValue" => kind.Value.GetBoolean(),
                _ => kind.Value.ToString(),
            };
        }

        return string.Empty;
    }

    private static JsonElement[] List(JsonElement parent, string name) => parent.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.GetString() ?? string.Empty : string.Empty;

    private static long Time(JsonElement parent, string name) => long.Parse(parent.GetProperty(name).ToString(), CultureInfo.InvariantCulture);
}
