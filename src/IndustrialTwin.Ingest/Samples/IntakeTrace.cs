using System.Diagnostics;

namespace IndustrialTwin.Samples;

/// <summary>
/// Decides at the door which messages are traced: those that carry a sampled trace context, a share of the rest, and afterwards
/// those that were refused, put in quarantine or slow. Everything else carries no activity at all.
/// Spans follow OpenTelemetry's semantic conventions for messaging.
/// </summary>
internal readonly struct IntakeTrace
{
    private const string SpanName = "itwin/v1/{site}/{line}/{machine}/samples process";

    private readonly Activity? _activity;
    private readonly ActivityContext _parent;
    private readonly TimeSpan _slowAfter;

    private IntakeTrace(Activity? activity, ActivityContext parent, TimeSpan slowAfter)
    {
        _activity = activity;
        _parent = parent;
        _slowAfter = slowAfter;
    }

    /// <summary>The trace context to put into the batch, or null where the message is not traced.</summary>
    internal string? TraceParent => _activity is { Recorded: true } ? _activity.Id : null;

    /// <summary>Begins at a message's arrival, which was <paramref name="waited"/> ago: until now it waited for room among those that are being taken.</summary>
    internal static IntakeTrace Begin(in IntakeMessage message, double ratio, TimeSpan slowAfter, DateTimeOffset now, TimeSpan waited)
    {
        if (!IngestInstruments.Activities.HasListeners())
        {
            return default;
        }

        var isRemote = ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var parent);
        var isSampled = isRemote
            ? (parent.TraceFlags & ActivityTraceFlags.Recorded) != 0
            : ratio > 0 && Random.Shared.NextDouble() < ratio;
        var activity = isSampled ? Start(message, parent, now - waited) : null;
        activity?.SetTag("itwin.room.wait_ms", waited.TotalMilliseconds);
        return new IntakeTrace(activity, parent, slowAfter);
    }

    /// <summary>How old the newest sample was when its message arrived: what the sender, the network and the broker took, and how far the clocks are apart.</summary>
    internal void Decoded(SampleBatch batch)
    {
        if (_activity is null || batch.ReceivedUs is not { } receivedUs)
        {
            return;
        }

        var newestUs = long.MinValue;
        foreach (var column in batch.Columns)
        {
            newestUs = column.TimesUs.Length > 0 ? Math.Max(newestUs, column.TimesUs[^1]) : newestUs;
        }

        if (newestUs != long.MinValue)
        {
            _activity.SetTag("itwin.samples.age_ms", (receivedUs - newestUs) / 1e3);
        }
    }

    internal void End(in IntakeMessage message, IntakeReply reply, TimeSpan duration, DateTimeOffset now)
    {
        var activity = _activity;
        if (activity is null)
        {
            if (_slowAfter == TimeSpan.Zero || (reply.Outcome is IntakeOutcome.Accepted or IntakeOutcome.Duplicate && duration < _slowAfter))
            {
                return;
            }

            // Afterwards, as a child of what the message named if it named anything, so that no failure is invisible.
            var parent = _parent == default
                ? default
                : new ActivityContext(_parent.TraceId, _parent.SpanId, ActivityTraceFlags.Recorded, _parent.TraceState, isRemote: true);
            activity = Start(message, parent, now - duration);
            if (activity is null)
            {
                return;
            }
        }

        activity.SetTag("itwin.outcome", reply.Outcome.ToString());
        if (reply.Outcome is IntakeOutcome.Quarantined or IntakeOutcome.Refused)
        {
            var detail = reply.Quarantine?.Detail ?? reply.Detail;
            activity.SetTag("error.type", reply.Quarantine?.Reason.ToString() ?? "Refused");
            activity.SetStatus(ActivityStatusCode.Error, detail);
        }

        activity.Dispose();
    }

    private static Activity? Start(in IntakeMessage message, ActivityContext parent, DateTimeOffset start)
    {
        var before = Activity.Current;
        Activity.Current = null;
        var activity = IngestInstruments.Activities.StartActivity(SpanName, ActivityKind.Consumer, parent, startTime: start);
        if (activity is null)
        {
            Activity.Current = before;
            return null;
        }

        activity.SetTag("messaging.system", "mqtt");
        activity.SetTag("messaging.operation.name", "process");
        activity.SetTag("messaging.operation.type", "process");
        activity.SetTag("messaging.destination.name", message.Topic);
        activity.SetTag("messaging.destination.template", "itwin/v1/{site}/{line}/{machine}/samples");
        activity.SetTag("messaging.message.body.size", message.Payload.Length);
        if (message.ClientId is not null)
        {
            activity.SetTag("messaging.client.id", message.ClientId);
        }

        return activity;
    }
}
