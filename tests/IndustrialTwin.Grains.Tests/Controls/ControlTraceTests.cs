using System.Collections.Concurrent;
using System.Diagnostics;
using IndustrialTwin.Devices;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Controls;

/// <summary>What a slow decision leaves in the traces, and what a twin says of its own long turns.</summary>
public sealed class ControlTraceTests : IDisposable
{
    private static readonly ControlDeclaration Loop = new(
        "pressure", "force", 2, Analyses.Statistic.Mean, new ProportionalLaw(0, 1, 0, -9, 9), "speed", TimeSpan.FromMilliseconds(5));

    private readonly MachineKey _machine = MachineKey.Parse($"wuhan/line-3/press-{Guid.NewGuid():N}");
    private readonly DateTimeOffset _received = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public ControlTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "IndustrialTwin.Machines",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("itwin.machine") is string machine && machine == _machine.Value)
                {
                    _ended.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void A_miss_leaves_a_span_though_its_message_is_not_traced_and_only_so_many_a_second()
    {
        for (var miss = 0; miss < 50; miss++)
        {
            var trace = ControlTrace.Begin(_machine, Loop, Batch(null), _received, _received.AddMilliseconds(2));
            Assert.Null(trace.Publishing());
            trace.Answered(new JobTiming(TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(1), 1, 1, "native-0"), _received.AddMilliseconds(7));
            trace.Missed("late");
        }

        Assert.InRange(_ended.Count, 1, 30); // Ten in a second of the clock, and others of this run take of them.
        var span = _ended.First();
        Assert.Equal(("machine control", default(ActivitySpanId), ActivityStatusCode.Error), (span.OperationName, span.ParentSpanId, span.Status));
        Assert.Equal(_received.UtcDateTime, span.StartTimeUtc);
        Assert.Equal(("late", "native-0"), (span.GetTagItem("itwin.outcome"), span.GetTagItem("device.id")));
        Assert.Equal((2.0, 7.0, 3.0, 1.0, 5.0), (
            span.GetTagItem("itwin.control.began_after_ms"), span.GetTagItem("itwin.control.answered_after_ms"),
            span.GetTagItem("itwin.device.wait_ms"), span.GetTagItem("itwin.device.launch_ms"), span.GetTagItem("itwin.deadline_ms")));
    }

    [Fact]
    public void A_traced_decision_says_how_it_ended_and_shows_its_command_leaving()
    {
        var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var now = DateTimeOffset.UtcNow;
        var trace = ControlTrace.Begin(_machine, Loop, Batch($"00-{parent.TraceId}-{parent.SpanId}-01"), now, now);
        trace.Answered(default, now);
        using (trace.Publishing())
        {
        }

        trace.Sent(3);
        Assert.Equal(["command publish", "machine control"], _ended.Select(span => span.OperationName));
        var (publish, control) = (_ended.First(), _ended.Last());
        Assert.Equal((parent.TraceId, parent.SpanId, control.SpanId), (control.TraceId, control.ParentSpanId, publish.ParentSpanId));
        Assert.Equal(("sent", 3.0, ActivityStatusCode.Unset), (control.GetTagItem("itwin.outcome"), control.GetTagItem("itwin.command.value"), control.Status));
        Assert.Equal("answered", Assert.Single(control.Events).Name);
    }

    [Fact]
    public void A_decision_in_time_leaves_nothing_where_its_message_is_not_traced()
    {
        var trace = ControlTrace.Begin(_machine, Loop, Batch(null), _received, _received);
        trace.Answered(default, _received);
        trace.Sent(1);
        ControlTrace.Begin(_machine, Loop, Batch(null), _received, _received).Quiet();
        Assert.Empty(_ended);
    }

    [Fact]
    public void A_twin_names_the_longest_of_the_turns_that_fell_into_a_wait()
    {
        var clock = new FakeTimeProvider();
        var turns = new TurnLog(clock);
        Turn("observe samples", 16, 0.5);
        Assert.Null(turns.Within(TimeSpan.FromSeconds(1)));
        Turn("observe samples", 900, 20);
        clock.Advance(TimeSpan.FromMilliseconds(10));
        Turn("apply rows", 7, 4);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(("apply rows", 7, 1, TimeSpan.FromMilliseconds(4)), turns.Within(TimeSpan.FromMilliseconds(6)));
        Assert.Equal(("observe samples", 900, 2, TimeSpan.FromMilliseconds(9)), turns.Within(TimeSpan.FromMilliseconds(20)));
        Assert.Null(turns.Within(TimeSpan.FromMilliseconds(1)));

        void Turn(string what, int count, double ms)
        {
            var began = turns.Begin();
            clock.Advance(TimeSpan.FromMilliseconds(ms));
            Assert.Equal(ms, turns.End(began, what, count).TotalMilliseconds);
        }
    }

    private SampleBatch Batch(string? traceParent) => new(_machine, SampleBatch.DefaultSource, 1, 1, [], traceParent);
}
