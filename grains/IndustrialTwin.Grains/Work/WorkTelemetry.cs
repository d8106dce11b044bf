using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Work;

/// <summary>What the grid's queues tell OpenTelemetry.</summary>
internal static class WorkTelemetry
{
    private const string Name = "IndustrialTwin.Work";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("itwin.work.requests", "{request}", "Requests that ended, by kernel and outcome.");

    private static readonly Histogram<double> Wait =
        Meter.CreateHistogram<double>("itwin.work.wait", "s", "From a request's admission to an accelerator taking it.");

    private static readonly Histogram<long> BatchUnits =
        Meter.CreateHistogram<long>("itwin.work.batch.units", "{unit}", "Units of a batch that an accelerator took.");

    private static readonly Counter<long> Messages =
        Meter.CreateCounter<long>("itwin.work.messages", "{message}", "Messages between queues, accelerators and the board, by kind.");

    private static readonly Counter<long> Up =
        Meter.CreateCounter<long>("itwin.work.up", "{request}", "Requests that went up a tier, by kernel.");

    public static void WentUp(string kernel) => Up.Add(1, new KeyValuePair<string, object?>("kernel", kernel));

    public static void Ended(string kernel, ComputeOutcome outcome) => Requests.Add(
        1, new KeyValuePair<string, object?>("kernel", kernel), new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));

    public static void Taken(string kernel, int units) => BatchUnits.Record(units, new KeyValuePair<string, object?>("kernel", kernel));

    /// <summary>Counts what a question and an answer that carries something cost: one each. An answer that only says "received" counts nothing.</summary>
    public static void Message(string kind, int count = 1) => Messages.Add(count, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>Records how long a request waited, and shows it in its trace.</summary>
    public static void Waited(WorkQueueKey queue, PendingWork work, AcceleratorKey accelerator, long nowUs)
    {
        Wait.Record((nowUs - work.SubmittedUs) / 1e6, new KeyValuePair<string, object?>("kernel", queue.Kernel));
        if (work.Request.TraceParent is { } parent && ActivityContext.TryParse(parent, null, isRemote: true, out var context))
        {
            using var span = Source.StartActivity("work wait", ActivityKind.Internal, context, startTime: UnixTime.ToTime(work.SubmittedUs));
            span?.SetTag("itwin.queue", queue.Value).SetTag("itwin.accelerator", accelerator.Value)
                .SetTag("itwin.class", work.Request.Class.ToString().ToLowerInvariant())
                .SetTag("itwin.deadline", work.Request.Deadline?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)).SetEndTime(UnixTime.ToTime(nowUs).UtcDateTime);
        }
    }
}
