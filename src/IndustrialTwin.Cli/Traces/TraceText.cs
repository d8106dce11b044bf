using System.Globalization;
using IndustrialTwin.Bench;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Traces;

/// <summary>Traces as text: tables of what took how long, and one trace as a tree.</summary>
internal static class TraceText
{
    // Said once at the top of a trace, or of no use to who looks for where the time went.
    private static readonly HashSet<string> Unshown = ["itwin.machine", "itwin.deadline"];

    /// <summary>Writes what explains the late decisions, what spans took, name by name, and where the time of decisions went.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="traces">What to show.</param>
    /// <param name="late">Their late decisions.</param>
    /// <param name="originNs">From when seconds are counted.</param>
    public static async Task SummaryAsync(TextWriter output, IReadOnlyList<RecordedTrace> traces, LateDecisions late, long originNs)
    {
        var decisions = traces.SelectMany(trace => trace.Decisions).ToList();
        await output.WriteLineAsync($"{traces.Count} traces, {traces.Sum(trace => trace.Spans.Count)} spans. Milliseconds.\n");
        await CausesAsync(output, late, originNs);
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
        var before = decisions.Where(decision => decision.Before is not null).GroupBy(decision => (decision.Before!.Operation, decision.Before.Class, decision.IsMissed)).ToList();
        if (before.Count > 0)
        {
            await output.WriteLineAsync("\nWhat the device was at while decisions waited there (P50 and MAX of the wait; then of that launch, in all and of the processor):\n");
            await TextTable.WriteAsync(output, ["WORK", "DECISIONS", "COUNT", "P50", "MAX", "P50 OF LAUNCH", "OF PROCESSOR"], before.OrderByDescending(group => group.Sum(decision => decision.Before!.BusyMs)).Select(group => (string[])
            [
                $"{group.Key.Operation} ({group.Key.Class})", group.Key.IsMissed ? "missed" : "sent", $"{group.Count()}", Middle(Known(group, decision => decision.Before!.BusyMs)), Number(group.Max(decision => decision.Before!.BusyMs)),
                Middle(Known(group, decision => decision.Before!.LaunchMs)), Middle(Known(group, decision => decision.Before!.CpuMs)),
            ]));
        }
    }

    /// <summary>Writes a trace as a tree: when each span began after the first, how long it took, and its attributes.</summary>
    public static async Task TreeAsync(TextWriter output, RecordedTrace trace, long originNs)
    {
        var causes = trace.Decisions.Where(decision => decision.IsMissed || decision.IsOld).Select(decision => DecisionTable.Of(decision).Cause).Distinct();
        await output.WriteLineAsync($"\ntrace {trace.Id}  {trace.Machine}  {Time(trace.StartNs)}, second {Seconds(trace.StartNs, originNs)}  {Number(trace.DecidedMs)} ms  {string.Join(", ", causes)}".TrimEnd());
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

    // How many decisions each row of the runbook's table explains.
    private static async Task CausesAsync(TextWriter output, LateDecisions causes, long originNs)
    {
        if (causes.Count == 0)
        {
            return;
        }

        await output.WriteLineAsync($"{causes.What}, by the first row of the runbook's table that is true of each (P50; seconds after the file's first span):\n");
        await TextTable.WriteAsync(output, ["CAUSE", "MISSED", "NOT MISSED", "SECONDS", "EXPLAINS", "OF", "THE DEVICE WAS AT"], causes.Groups.Select(group => (string[])
        [
            group.Row.Cause, Part(causes, group, decision => decision.IsMissed), Part(causes, group, decision => !decision.IsMissed),
            $"{Seconds(group.Decisions.Min(decision => decision.Trace.StartNs), originNs)} - {Seconds(group.Decisions.Max(decision => decision.Trace.StartNs), originNs)}",
            Middle(Known(group.Decisions, group.Row.Ms)), Middle(Known(group.Decisions, decision => decision.CountedMs)), group.Row.IsAtDevice ? Work(group.Decisions) : "-",
        ]));
        await output.WriteLineAsync();
    }

    private static string Part(LateDecisions causes, (DecisionRow Row, IReadOnlyList<Decision> Decisions) group, Func<Decision, bool> which) =>
        $"{group.Decisions.Count(which)} of {causes.Groups.Sum(other => other.Decisions.Count(which))}";

    // What the device was at most often, and how long it was at that.
    private static string Work(IEnumerable<Decision> decisions)
    {
        var all = decisions.Where(decision => decision.Before is not null).Select(decision => decision.Before!).ToList();
        return all.GroupBy(work => (work.Operation, work.Class, work.Windows)).OrderByDescending(group => group.Count()).FirstOrDefault() is { } most
            ? $"{most.Key.Operation}, {most.Key.Class}, {most.Key.Windows:0} window{(most.Key.Windows == 1 ? null : "s")}, processor {Middle([.. most.Select(work => work.CpuMs).Where(ms => !double.IsNaN(ms))])} of {Middle([.. most.Select(work => work.LaunchMs)])} ms: {most.Count()} of {all.Count}"
            : "-";
    }

    private static string Seconds(long ns, long originNs) => ((ns - originNs) / 1e9).ToString("0.0", CultureInfo.InvariantCulture);

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
