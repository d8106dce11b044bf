using System.Diagnostics;
using IndustrialTwin.Devices;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Controls;

/// <summary>
/// What a decision shows in its message's trace: what was left of its deadline, what the device answered, and how it ended. A decision
/// that missed its deadline leaves a span of its own afterwards where its message is not traced, a few a second.
/// </summary>
internal struct ControlTrace
{
    private const string SpanName = "machine control", PublishName = "command publish";

    private readonly Activity? _span;
    private readonly MachineKey _machine;
    private readonly ControlDeclaration _declaration;
    private readonly DateTimeOffset _received;
    private readonly TimeSpan _beganAfter;
    private JobTiming _timing;
    private TimeSpan _answeredAfter;

    private ControlTrace(Activity? span, MachineKey machine, ControlDeclaration declaration, DateTimeOffset received, TimeSpan beganAfter)
    {
        (_span, _machine, _declaration, _received, _beganAfter) = (span, machine, declaration, received, beganAfter);
        Describe(span);
    }

    /// <summary>The parent of what the device does for it; the default where the message is not traced.</summary>
    public readonly ActivityContext Context => _span?.Context ?? default;

    public static ControlTrace Begin(MachineKey machine, ControlDeclaration declaration, SampleBatch batch, DateTimeOffset received, DateTimeOffset now) =>
        new(MachineTelemetry.Start(SpanName, machine, batch.TraceParent), machine, declaration, received, now - received);

    /// <summary>The device has answered, and the twin goes on.</summary>
    public void Answered(JobTiming timing, DateTimeOffset now)
    {
        (_timing, _answeredAfter) = (timing, now - _received);
        _span?.AddEvent(new ActivityEvent("answered", now));
    }

    /// <summary>The span of handing a command to the broker; null where the message is not traced.</summary>
    public readonly Activity? Publishing() => _span is null ? null : MachineTelemetry.Start(PublishName, _machine, _span.Id);

    public readonly void Sent(double value)
    {
        _span?.SetTag("itwin.command", _declaration.Command).SetTag("itwin.command.value", value).SetTag("itwin.outcome", "sent");
        _span?.Dispose();
    }

    public readonly void Quiet()
    {
        _span?.SetTag("itwin.outcome", "nothing-to-do");
        _span?.Dispose();
    }

    public readonly void Missed(string reason)
    {
        var span = _span ?? (ControlTelemetry.MayTraceMiss() ? MachineTelemetry.StartAfterwards(SpanName, _machine, _received) : null);
        if (span is null)
        {
            return;
        }

        if (_span is null)
        {
            Describe(span);
        }

        span.SetTag("itwin.outcome", reason)
            .SetTag("itwin.control.began_after_ms", _beganAfter.TotalMilliseconds)
            .SetTag("itwin.control.answered_after_ms", _answeredAfter > TimeSpan.Zero ? _answeredAfter.TotalMilliseconds : null)
            .SetTag("itwin.device.wait_ms", _timing.QueueWait.TotalMilliseconds)
            .SetTag("itwin.device.launch_ms", _timing.LaunchDuration.TotalMilliseconds)
            .SetTag("device.id", _timing.DeviceId)
            .SetStatus(ActivityStatusCode.Error, $"no command: {reason}");
        span.Dispose();
    }

    private readonly void Describe(Activity? span) => span?
        .SetTag("itwin.control", _declaration.Name)
        .SetTag("itwin.deadline_ms", _declaration.Deadline.TotalMilliseconds)
        .SetTag("itwin.deadline.left_ms", (_received + _declaration.Deadline - span.StartTimeUtc).TotalMilliseconds);
}
