using System.Globalization;
using IndustrialTwin.Bench;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Traces;

/// <summary>Traces as text: tables of what took how long, and one trace as a tree.</summary>
internal static class TraceText
{
    // Said once at the top of a trace, or of no use to who looks for where the time went.
    private static readonly HashSet<string> Unshown = ["itwin.machine", "itwin.deadline"];

    /// <summary>Writes what spans took, name by name, and where the time of decisions went.</summary>
    public static async Task SummaryAsync(TextWriter output, IReadOnlyList<RecordedTrace> traces)
    {
        var decisions = traces.SelectMany(trace => trace.Decisions).ToList();
        await output.WriteLineAsync($"{traces.Count} traces, {traces.Sum(trace => trace.Spans.Count)} spans. Milliseconds.\n");
        await TextTable.WriteAsync(output, ["SPAN", "COUNT", "P50", "P99", "MAX", "FAILED"], traces.SelectMany(trace => trace.Spans).GroupBy(span => Short(span.Name)).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Row(group.Key, [.. group.Select(span => span.Ms)], $"{group.Count(span => span.Fault is not null)}")));
        if (decisions.Count == 0)
        {
            return;
        }

        await output.WriteLineAsync($"\n{decisions.Count} decisions of control loops: {string.Join(", ", decisions.GroupBy(decision => decision.Outcome).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"))}. Where their time went:\n");
        await TextTable.WriteAsync(output, ["PART", "COUNT", "P50", "P99", "MAX", "P50 OF MISSED"],
        [
            .. Decision.Parts.Select((part, i) => Row(part, Known(decisions, decision => decision.PartsMs[i]), Middle(Known(decisions.Where(decision => decision.IsMissed), decision => decision.PartsMs[i])))),
            Row("arrival to command, in all", Known(decisions, decision => decision.Ms), Middle(Known(decisions.Where(decision => decision.IsMissed), decision => decision.Ms))),
            .. Decision.Pauses.Select((pause, i) => Row($"of it the silo stood still: {pause.Why}", Known(decisions, decision => decision.PausesMs[i]), Middle(Known(decisions.Where(decision => decision.IsMissed), decision => decision.PausesMs[i])))),
            Row("the commit beside it, which it does not wait for", Known(decisions, decision => decision.CommitMs), Middle(Known(decisions.Where(decision => decision.IsMissed), decision => decision.CommitMs))),
        ]);
        var before = decisions.Where(decision => decision.Before is not null).ToLookup(decision => decision.Before!.Value.Work, decision => decision.Before!.Value);
        if (before.Count > 0)
        {
            await output.WriteLineAsync("\nWhat the device was at while decisions waited there (P50 and MAX of the wait; then of that launch, in all and of the processor):\n");
            await TextTable.WriteAsync(output, ["WORK", "DECISIONS", "P50", "MAX", "P50 OF LAUNCH", "OF PROCESSOR"], before.OrderByDescending(group => group.Sum(found => found.BusyMs)).Select(group => (string[])
            [
                group.Key, $"{group.Count()}", Middle([.. group.Select(found => found.BusyMs)]), Number(group.Max(found => found.BusyMs)),
                Middle([.. group.Select(found => found.LaunchMs)]), Middle([.. group.Select(found => found.CpuMs).Where(ms => !double.IsNaN(ms))]),
            ]));
        }
    }

    /// <summary>Writes a trace as a tree: when each span began after the first, how long it took, and its attributes.</summary>
    public static async Task TreeAsync(TextWriter output, RecordedTrace trace)
    {
        await output.WriteLineAsync($"\ntrace {trace.Id}  {trace.Machine}  {Time(trace.StartNs)}  {Number(trace.DecidedMs)} ms");
        foreach (var top in trace.Tops)
        {
            await BranchAsync(output, trace, top, 0);
        }
    }

    private static async Task BranchAsync(TextWriter output, RecordedTrace trace, RecordedSpan span, int depth)
    {
        var tags = span.Tags.Where(tag => !Unshown.Contains(tag.Key) && !tag.Key.StartsWith("messaging.", StringComparison.Ordinal))
            .Select(tag => $"{tag.Key}={(tag.Value is double number ? Number(number) : tag.Value)}");
        var happened = span.Events.Select(happened => $"[{happened.Name} at +{Number((happened.Ns - trace.StartNs) / 1e6)}]");
        var linked = span.Links.Count > 1 ? $"(serves {span.Links.Count} requests)" : null;
        await output.WriteLineAsync(string.Join("  ", new[]
        {
            $"{$"+{Number((span.StartNs - trace.StartNs) / 1e6)}",10} {Number(span.Ms),9}  {new string(' ', 2 * depth)}{Short(span.Name)}",
            span.Fault is null ? null : $"FAILED: {span.Fault}",
            string.Join(' ', tags),
            string.Join(' ', happened),
            linked,
        }.Where(part => !string.IsNullOrEmpty(part))));
        foreach (var child in trace.Below(span))
        {
            await BranchAsync(output, trace, child, depth + 1);
        }
    }

    private static string Short(string name) => name.StartsWith("itwin/v1/", StringComparison.Ordinal) ? "message " + name[(name.LastIndexOf(' ') + 1)..] : name;

    private static double[] Known(IEnumerable<Decision> decisions, Func<Decision, double> part) => [.. decisions.Select(part).Where(ms => !double.IsNaN(ms))];

    private static string[] Row(string name, double[] ms, string last)
    {
        var sorted = new Latencies(ms, 0);
        return [name, $"{ms.Length}", .. ms.Length == 0 ? ["-", "-", "-"] : new[] { Number(sorted.At(0.5)), Number(sorted.At(0.99)), Number(sorted.At(1)) }, last];
    }

    private static string Middle(double[] ms) => ms.Length == 0 ? "-" : Number(new Latencies(ms, 0).At(0.5));

    private static string Number(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    private static string Time(long ns) => DateTimeOffset.UnixEpoch.AddTicks(ns / 100).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
