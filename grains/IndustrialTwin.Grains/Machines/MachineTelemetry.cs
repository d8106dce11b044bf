using System.Diagnostics;
using System.Diagnostics.Metrics;
using IndustrialTwin.Alarms;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <summary>
/// What twins tell OpenTelemetry. Trace context travels in the messages themselves, so unsampled traffic carries no activity at all
/// and the actor runtime's own, costly sources stay off.
/// </summary>
internal static class MachineTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "IndustrialTwin.Machines";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Batches =
        Meter.CreateCounter<long>("itwin.machine.batches", "{batch}", "Batches that twins answered, by outcome.");

    private static readonly Counter<long> Samples =
        Meter.CreateCounter<long>("itwin.machine.samples", "{sample}", "Samples of accepted batches, by outcome.");

    private static readonly Histogram<double> Commit = Meter.CreateHistogram<double>(
        "itwin.machine.commit.duration",
        "s",
        "From a batch's arrival at its twin to its commit.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    private static readonly Histogram<double> Move = Meter.CreateHistogram<double>(
        "itwin.machine.move.duration",
        "s",
        "How long a twin took to go to sleep or to wake, by phase: drain, claim, catch-up. Its callers wait for drain and claim.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    private static readonly Counter<long> Replayed =
        Meter.CreateCounter<long>("itwin.machine.replayed", "{entry}", "Log entries that waking twins read, since no checkpoint held them.");

    private static readonly Counter<long> Points =
        Meter.CreateCounter<long>("itwin.machine.feature.points", "{point}", "Feature points computed.");

    private static readonly Counter<long> AlarmsRaised =
        Meter.CreateCounter<long>("itwin.machine.alarms.raised", "{alarm}", "Alarms raised, by priority.");

    private static readonly KeyValuePair<string, object?>[] Outcomes =
    [
        .. Enum.GetValues<ObserveOutcome>().Select(outcome => new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant())),
    ];

    private static readonly KeyValuePair<string, object?> Drain = new("phase", "drain");
    private static readonly KeyValuePair<string, object?> Claim = new("phase", "claim");
    private static readonly KeyValuePair<string, object?> CatchUp = new("phase", "catch-up");
    private static readonly KeyValuePair<string, object?> Accepted = new("outcome", "accepted");
    private static readonly KeyValuePair<string, object?> Quarantined = new("outcome", "quarantined");

    /// <summary>A span below the one that <paramref name="traceParent"/> names; null where the message is not traced.</summary>
    public static Activity? Start(string name, MachineKey machine, string? traceParent)
    {
        if (traceParent is null || !ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent))
        {
            return null;
        }

        return Source.StartActivity(name, ActivityKind.Internal, parent)?.SetTag("itwin.machine", machine.Value);
    }

    /// <summary>The root of a trace of something whose message was not traced, begun when the message was received.</summary>
    public static Activity? StartAfterwards(string name, MachineKey machine, DateTimeOffset received)
    {
        var before = Activity.Current;
        Activity.Current = null;
        try
        {
            return Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: received)?.SetTag("itwin.machine", machine.Value);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    public static void Observed(ObserveReply reply)
    {
        Batches.Add(1, Outcomes[(int)reply.Outcome]);
        if (reply.SamplesAccepted > 0)
        {
            Samples.Add(reply.SamplesAccepted, Accepted);
        }

        if (reply.SamplesQuarantined > 0)
        {
            Samples.Add(reply.SamplesQuarantined, Quarantined);
        }
    }

    public static void Committed(TimeSpan took) => Commit.Record(took.TotalSeconds);

    /// <summary>A twin that goes to sleep has ended its step.</summary>
    public static void Drained(TimeSpan took) => Move.Record(took.TotalSeconds, Drain);

    /// <summary>A twin that wakes owns its log.</summary>
    public static void Claimed(TimeSpan took) => Move.Record(took.TotalSeconds, Claim);

    /// <summary>A twin that woke has applied what its log had beyond its checkpoint.</summary>
    public static void CaughtUp(TimeSpan took, long entries)
    {
        Move.Record(took.TotalSeconds, CatchUp);
        Replayed.Add(entries);
    }

    public static void Computed(int points) => Points.Add(points);

    /// <summary>Counts a raised alarm, and shows it in the trace of the message that raised it.</summary>
    public static void Raised(MachineKey machine, AlarmDeclaration alarm, AlarmState state, string? traceParent)
    {
        AlarmsRaised.Add(1, new KeyValuePair<string, object?>("priority", alarm.Priority.ToString().ToLowerInvariant()));
        using var span = Start("alarm raised", machine, traceParent);
        span?.SetTag("itwin.alarm", alarm.Name)
            .SetTag("itwin.alarm.priority", alarm.Priority.ToString())
            .SetTag("itwin.alarm.value", state.Value)
            .SetTag("itwin.alarm.limit", alarm.Limit);
    }
}
