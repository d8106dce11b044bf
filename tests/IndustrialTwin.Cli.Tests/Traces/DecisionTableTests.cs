using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace IndustrialTwin.Traces;

/// <summary>What explains a decision is what the runbook says.</summary>
public sealed partial class DecisionTableTests
{
    [Fact]
    public void The_rows_are_the_runbooks_in_its_order()
    {
        var runbook = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/runbooks/control-misses.md"));
        var table = runbook[runbook.IndexOf("| what the trace shows |", StringComparison.Ordinal)..runbook.IndexOf("Outcomes of `machine control`", StringComparison.Ordinal)];
        Assert.Equal(DecisionTable.Rows.Select(row => row.Cause), table.Split('\n').Select(line => Bold().Match(line)).Where(found => found.Success).Select(found => found.Groups[1].Value));
    }

    [Theory]
    [InlineData("no answer", "failed", 30, 0)]
    [InlineData("garbage collector", "expired", 30, 28, "process.pause.gc_ms", 12.0, "process.pause.processor_ms", 29.0)]
    [InlineData("device's thread", "expired", 30, 28, "device.before.class", "deferrable", "device.before.cpu_ms", 1.0)]
    [InlineData("whole silo lacks processors", "expired", 30, 28, "device.before.class", "deferrable", "device.before.cpu_ms", 1.0, "process.pause.processor_ms", 20.0)]
    [InlineData("training", "expired", 30, 28, "device.before.class", "deferrable")]
    [InlineData("training", "expired", 30, 28, "device.before.class", "deferrable", "device.id", "cuda-0", "device.before.cpu_ms", 1.0)]
    [InlineData("training", "expired", 30, 28, "device.before.class", "deferrable", "device.before.launch_ms", 60.0, "device.before.cpu_ms", 25.0, "process.pause.processor_ms", 28.0)]
    [InlineData("whole silo lacks processors", "expired", 30, 28, "device.before.class", "deferrable", "device.before.launch_ms", 60.0, "device.before.cpu_ms", 15.0, "process.pause.processor_ms", 28.0)]
    [InlineData("heavy kernel", "expired", 30, 28, "device.before.class", "monitor", "device.before.windows", 1.0, "process.pause.processor_ms", 20.0)]
    [InlineData("monitor work", "expired", 30, 28, "device.before.class", "monitor")]
    [InlineData("control loops", "expired", 30, 28, "device.before.class", "control")]
    [InlineData("blocked pool", "expired", 30, 28, "device.before.class", "monitor", "device.before.busy_ms", 2.0, "process.pause.thread_pool_ms", 27.0)]
    [InlineData("long turns of the same twin", "late", 30, 0, "itwin.turn_ms", 15.0)]
    [InlineData("commits of others", "late", 30, 0, "itwin.room.wait_ms", 25.0)]
    [InlineData("way out", "no-way-out", 30, 0)]
    [InlineData("before the silo", "sent", 2, 1, "itwin.samples.age_ms", 120.0, "device.before.class", "monitor")]
    [InlineData("training", "late", 30, 28, "itwin.samples.age_ms", 120.0, "device.before.class", "deferrable")]
    [InlineData("none of these", "late", 30, 4, "device.before.class", "monitor")]
    public void The_first_row_that_is_true_explains_a_decision(string cause, string outcome, double ms, double waitMs, params object[] tags)
    {
        var decision = Assert.Single(Whole(outcome, ms, waitMs, tags).Decisions);
        Assert.Equal(cause, DecisionTable.Of(decision).Cause);
    }

    [Theory]
    [InlineData("launch itself", 24.0)]
    [InlineData("device's thread", 3.0)]
    public void A_long_launch_is_the_kernels_where_its_thread_computed(string cause, double cpuMs)
    {
        var trace = new RecordedTrace("1", [.. Whole("late", 30, 1, []).Spans, Span("5", "2", "device.launch", 2, 28, ("device.id", "native-0"), ("thread.cpu_ms", cpuMs))]);
        Assert.Equal(cause, DecisionTable.Of(Assert.Single(trace.Decisions)).Cause);
    }

    [Fact]
    public void One_span_alone_does_not_tell_what_it_waited_for_at_the_device_but_tells_of_the_collector()
    {
        Assert.Equal("not told", DecisionTable.Of(Alone(25, ("process.pause.processor_ms", 20.0))).Cause);
        Assert.Equal("garbage collector", DecisionTable.Of(Alone(25, ("process.pause.gc_ms", 20.0))).Cause);
        Assert.Equal("whole silo lacks processors", DecisionTable.Of(Alone(1, ("process.pause.processor_ms", 20.0))).Cause);
    }

    [Fact]
    public void Old_samples_count_beside_misses_the_largest_group_leads_and_its_median_stands_for_it()
    {
        var old = Enumerable.Range(0, 9).Select(i => Whole("sent", 2, 1, ["itwin.samples.age_ms", 100.0 + (10 * i)])).ToList();
        var late = new LateDecisions([.. old.SelectMany(trace => trace.Decisions), .. Enumerable.Range(0, 20).Select(_ => Alone(25)), Alone(25, ("process.pause.gc_ms", 20.0))]);
        Assert.Equal(["before the silo", "garbage collector", "not told"], late.Groups.Select(group => group.Row.Cause));
        Assert.Equal([9, 1, 20], late.Groups.Select(group => group.Decisions.Count));
        Assert.Same(old[4], late.Typical().First());
    }

    [Fact]
    public void Where_nothing_is_late_the_slowest_twentieth_is_explained()
    {
        var late = new LateDecisions(Enumerable.Range(1, 40).SelectMany(i => Whole("sent", i / 10.0, 0, []).Decisions));
        Assert.Equal(2, late.Count);
        Assert.Equal([4.0, 3.9], late.Groups.SelectMany(group => group.Decisions).Select(decision => decision.Ms));
        Assert.Equal(0, new LateDecisions([]).Count);
    }

    // A message's whole trace: tags go to the span that has them.
    private static RecordedTrace Whole(string outcome, double ms, double waitMs, object[] tags)
    {
        var given = tags.Chunk(2).Select(pair => ((string)pair[0], pair[1])).ToList();
        (string, object)[] On(params string[] names) => [.. given.Where(tag => names.Any(name => tag.Item1.StartsWith(name, StringComparison.Ordinal)))];
        var before = On("device.before.");
        return new("1",
        [
            Span("1", "", "itwin/v1/{site}/{line}/{machine}/samples process", 0, ms + 50, On("itwin.samples", "itwin.room")),
            Span("3", "1", "machine observe", 0.1, ms + 50, On("itwin.turn")),
            Span("2", "1", "machine control", 0.2, ms, [("itwin.outcome", outcome), ("itwin.deadline_ms", 20.0), .. On("process.")]),
            .. waitMs > 0
                ? new[]
                {
                    Span("4", "2", "device.queue", 0.3, 0.3 + waitMs, before.Length == 0 ? [] :
                        [("device.before.operation", "autoencoder-train"), ("device.id", "native-0"), ("device.before.windows", 64L), ("device.before.busy_ms", waitMs), ("device.before.launch_ms", 30.0), ("device.before.cpu_ms", 29.0), .. before, .. On("device.id")]),
                }
                : [],
        ]);
    }

    private static Decision Alone(double waitMs, params (string, object)[] tags) => Assert.Single(new RecordedTrace("1",
        [Span("1", "", "machine control", 0, 26, [("itwin.outcome", "expired"), ("itwin.deadline_ms", 20.0), ("itwin.device.wait_ms", waitMs), .. tags])]).Decisions);

    private static RecordedSpan Span(string id, string parent, string name, double fromMs, double toMs, params (string Key, object Value)[] tags) =>
        new("1", id, parent, name, (long)(fromMs * 1e6), (long)(toMs * 1e6), tags.GroupBy(tag => tag.Key).ToDictionary(group => group.Key, group => group.Last().Value), [], [], null);

    private static string Here([CallerFilePath] string here = "") => here;

    [GeneratedRegex(@"^\|[^|]*\|[^|]*?\*\*([^*]+)\*\*[^|]*\|[^|]*\|$")]
    private static partial Regex Bold();
}
