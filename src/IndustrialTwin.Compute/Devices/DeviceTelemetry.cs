using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>The names under which devices are seen in traces and metrics.</summary>
public static class DeviceTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "IndustrialTwin.Compute";

    /// <summary>The span of one sampled job's wait, a child of the job's parent.</summary>
    public const string QueueActivity = "device.queue";

    /// <summary>The span of one launch, a child of its first sampled job's parent and linked to the parents of all sampled jobs.</summary>
    public const string LaunchActivity = "device.launch";

    private static readonly ConcurrentDictionary<OwnedDevice, byte> Open = new();

    internal static ActivitySource Source { get; } = new(SourceName);

    internal static Meter Meter { get; } = new(SourceName);

    internal static Histogram<double> QueueWait { get; } =
        Meter.CreateHistogram<double>("itwin.device.queue.wait", "s", "From a job's acceptance to its launch or drop.");

    internal static Histogram<double> LaunchDuration { get; } =
        Meter.CreateHistogram<double>("itwin.device.launch.duration", "s", "One launch, copies included.");

    internal static Histogram<long> LaunchWindows { get; } =
        Meter.CreateHistogram<long>("itwin.device.launch.windows", "{window}", "Windows in one launch.");

    internal static Counter<long> Jobs { get; } =
        Meter.CreateCounter<long>("itwin.device.jobs", "{job}", "Jobs ended, by outcome.");

    internal static Counter<long> LaunchesHung { get; } =
        Meter.CreateCounter<long>("itwin.device.launches.hung", "{launch}", "Launches and rebuilds given up because they took too long.");

    internal static Counter<long> Rebuilds { get; } =
        Meter.CreateCounter<long>("itwin.device.rebuilds", "{rebuild}", "Times that hardware was opened anew after a failure or a hang.");

    internal static Counter<long> ResultsNotFinite { get; } =
        Meter.CreateCounter<long>("itwin.device.results.nonfinite", "{job}", "Jobs whose result was not finite.");

    internal static Counter<long> ResidentJobs { get; } =
        Meter.CreateCounter<long>("itwin.device.resident.jobs", "{job}", "Jobs of sliding windows, by what the device held: hit, miss, load.");

    internal static Counter<long> ResidentEvictions { get; } =
        Meter.CreateCounter<long>("itwin.device.resident.evictions", "{series}", "Series given away to make room for others.");

    internal static Counter<long> ResidentBytesMoved { get; } =
        Meter.CreateCounter<long>("itwin.device.resident.moved", "By", "Samples of sliding windows that came from callers.");

    internal static Counter<long> ResidentBytesSaved { get; } =
        Meter.CreateCounter<long>("itwin.device.resident.saved", "By", "Samples of sliding windows that the device held already.");

    internal static ObservableGauge<int> QueueDepth { get; } = Meter.CreateObservableGauge(
        "itwin.device.queue.jobs",
        () => Open.Keys.Select(device => new Measurement<int>(device.QueueJobs, new KeyValuePair<string, object?>("device", device.Id))),
        "{job}",
        "Jobs accepted and not yet launched or dropped.");

    internal static ObservableGauge<int> Healthy { get; } = Meter.CreateObservableGauge(
        "itwin.device.healthy",
        () => Open.Keys.Select(device => new Measurement<int>(device.IsHealthy ? 1 : 0, new KeyValuePair<string, object?>("device", device.Id))),
        "{device}",
        "1 where the device can launch now, else 0.");

    internal static void Opened(OwnedDevice device) => Open.TryAdd(device, 0);

    internal static void Closed(OwnedDevice device) => Open.TryRemove(device, out _);

    /// <summary>Records how long a job waited for its first launch, or for its drop.</summary>
    internal static void Waited(string device, Job job, TimeSpan wait) => QueueWait.Record(
        wait.TotalSeconds,
        new KeyValuePair<string, object?>("device", device),
        new KeyValuePair<string, object?>("operation", job.Key.Operation.Name),
        new KeyValuePair<string, object?>("class", NameOf(job.Options.Class)));

    internal static void Launched(string device, Operation operation, int windows, TimeSpan duration)
    {
        var deviceTag = new KeyValuePair<string, object?>("device", device);
        var operationTag = new KeyValuePair<string, object?>("operation", operation.Name);
        LaunchDuration.Record(duration.TotalSeconds, deviceTag, operationTag);
        LaunchWindows.Record(windows, deviceTag, operationTag);
    }

    internal static void Happened(Counter<long> counter, string device) => counter.Add(1, new KeyValuePair<string, object?>("device", device));

    internal static void Resident(string device, long hits, long misses, long loads, long evictions, long bytesMoved, long bytesSaved)
    {
        if (!ResidentJobs.Enabled && !ResidentEvictions.Enabled && !ResidentBytesMoved.Enabled && !ResidentBytesSaved.Enabled)
            return;
        var deviceTag = new KeyValuePair<string, object?>("device", device);
        Add(ResidentJobs, hits, deviceTag, new("outcome", "hit"));
        Add(ResidentJobs, misses, deviceTag, new("outcome", "miss"));
        Add(ResidentJobs, loads, deviceTag, new("outcome", "load"));
        ResidentEvictions.Add(evictions, deviceTag);
        ResidentBytesMoved.Add(bytesMoved, deviceTag);
        ResidentBytesSaved.Add(bytesSaved, deviceTag);

        static void Add(Counter<long> counter, long count, KeyValuePair<string, object?> device, KeyValuePair<string, object?> outcome)
        {
            if (count > 0)
                counter.Add(count, device, outcome);
        }
    }

    internal static void JobEnded(string device, string operation, string outcome)
    {
        if (Jobs.Enabled)
        {
            Jobs.Add(
                1,
                new KeyValuePair<string, object?>("device", device),
                new KeyValuePair<string, object?>("operation", operation),
                new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <summary>Writes the wait of one sampled job, which is known only when it is over.</summary>
    /// <param name="device">The device.</param>
    /// <param name="job">The job.</param>
    /// <param name="end">When its wait ended.</param>
    /// <param name="history">What the device did meanwhile.</param>
    /// <param name="dropped">Why it was dropped, or null.</param>
    internal static void QueueEnded(string device, Job job, DateTimeOffset end, LaunchHistory history, string? dropped)
    {
        if (!job.IsSampled || !Source.HasListeners())
            return;
        using var activity = Source.StartActivity(
            QueueActivity, ActivityKind.Internal, job.Options.Parent, startTime: job.AcceptedAt);
        if (activity is null)
            return;
        activity.SetTag("device.id", device).SetTag("operation", job.Key.Operation.Name).SetTag("windows", job.Windows);
        Terms(activity, job.Options.Class, job.Options.Deadline);
        if (history.Since(job.AcceptedTimestamp) is { } busy)
        {
            activity.SetTag("device.before.launches", busy.Launches)
                .SetTag("device.before.busy_ms", busy.OverlapMs)
                .SetTag("device.before.operation", busy.Operation)
                .SetTag("device.before.class", NameOf(busy.Class))
                .SetTag("device.before.windows", busy.Windows)
                .SetTag("device.before.launch_ms", busy.LaunchMs)
                .SetTag("device.before.cpu_ms", busy.CpuMs);
        }

        if (dropped is not null)
            activity.SetStatus(ActivityStatusCode.Error, dropped);
        activity.SetEndTime(end.UtcDateTime);
    }

    /// <summary>Starts the span of one launch; null when none of its jobs is sampled or nobody listens.</summary>
    internal static Activity? LaunchStarted(string device, List<Job> batch, int windows, LaunchHistory history)
    {
        if (!Source.HasListeners())
            return null;
        List<ActivityLink>? links = null;
        foreach (var job in batch)
        {
            if (job.IsSampled)
                (links ??= []).Add(new ActivityLink(job.Options.Parent));
        }

        if (links is null)
            return null;
        if (Source.StartActivity(LaunchActivity, ActivityKind.Internal, links[0].Context, links: links) is not { } activity)
            return null;
        // Jobs of one class share a launch; the earliest of their deadlines is the one to keep.
        Terms(activity, batch[0].Options.Class, batch.Min(job => job.Options.Deadline));
        return activity
            .SetTag("device.id", device)
            .SetTag("operation", batch[0].Key.Operation.Name)
            .SetTag("jobs", batch.Count)
            .SetTag("windows", windows)
            .SetTag("device.launch.usual_ms", history.UsualMs(batch[0].Key.Operation));
    }

    private static void Terms(Activity activity, JobClass jobClass, DateTimeOffset? deadline)
    {
        activity.SetTag("itwin.class", NameOf(jobClass));
        if (deadline is { } time)
        {
            activity.SetTag("itwin.deadline", time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))
                .SetTag("itwin.deadline.left_ms", (time.UtcDateTime - activity.StartTimeUtc).TotalMilliseconds);
        }
    }

    private static string NameOf(JobClass jobClass) => jobClass switch
    {
        JobClass.Control => "control",
        JobClass.Monitor => "monitor",
        _ => "deferrable",
    };
}
