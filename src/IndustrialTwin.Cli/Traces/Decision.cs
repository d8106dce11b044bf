namespace IndustrialTwin.Traces;

/// <summary>One decision of a control loop, and where its time went: the parts of its way in order, in milliseconds; NaN for what its trace does not tell.</summary>
internal sealed class Decision
{
    /// <summary>The name of its span.</summary>
    public const string SpanName = "machine control";

    /// <summary>The parts of the way, as <see cref="PartsMs"/> has them.</summary>
    public static readonly string[] Parts =
    [
        "newest sample to arrival", "arrival to being taken", "taken to the twin's turn", "wait at the device", "launch", "back to the twin", "to the broker",
    ];

    /// <summary>Why a process stands still, and the attribute that tells how long.</summary>
    public static readonly (string Why, string Tag)[] Pauses =
    [
        ("garbage collector", "process.pause.gc_ms"), ("no processor", "process.pause.processor_ms"), ("no thread of the pool", "process.pause.thread_pool_ms"),
    ];

    public Decision(RecordedTrace trace, RecordedSpan control)
    {
        var message = trace.Spans.FirstOrDefault(span => span.SpanId == control.ParentId) ?? trace.Spans.FirstOrDefault(span => span.Name.EndsWith(" process", StringComparison.Ordinal));
        var below = trace.Below(control).ToList();
        var queues = below.Where(span => span.Name == "device.queue").ToList();
        var launches = below.Where(span => span.Name == "device.launch").ToList();
        var launched = launches.Count > 0 ? launches.Max(span => span.EndNs) : (long?)null;
        var answered = control.Events.Where(happened => happened.Name == "answered").Select(happened => (long?)happened.Ns).FirstOrDefault();
        var publish = below.FirstOrDefault(span => span.Name == "command publish");
        var room = message?.Number("itwin.room.wait_ms");

        // A miss whose message was not traced began with the message, and says the rest itself.
        Ms = (control.EndNs - (message?.StartNs ?? control.StartNs)) / 1e6;
        Outcome = control.Tags.GetValueOrDefault("itwin.outcome") as string ?? "?";
        PausesMs = [.. Pauses.Select(pause => control.Number(pause.Tag) ?? 0)];
        var waited = queues.FirstOrDefault(span => span.Tags.ContainsKey("device.before.operation"));
        Before = waited is null
            ? null
            : ($"{waited.Tags["device.before.operation"]} ({waited.Tags["device.before.class"]})", waited.Number("device.before.busy_ms") ?? double.NaN,
                waited.Number("device.before.launch_ms") ?? double.NaN, waited.Number("device.before.cpu_ms") ?? double.NaN);
        CommitMs = trace.Spans.Select(span => span.Number("itwin.commit_ms")).FirstOrDefault(ms => ms is not null) ?? double.NaN;
        PartsMs =
        [
            message?.Number("itwin.samples.age_ms") ?? double.NaN,
            room ?? double.NaN,
            message is null ? control.Number("itwin.control.began_after_ms") ?? double.NaN : ((control.StartNs - message.StartNs) / 1e6) - (room ?? 0),
            queues.Count > 0 ? queues.Sum(span => span.Ms) : control.Number("itwin.device.wait_ms") ?? double.NaN,
            launches.Count > 0 ? launches.Sum(span => span.Ms) : control.Number("itwin.device.launch_ms") ?? double.NaN,
            launched is { } from && answered is { } to ? (to - from) / 1e6 : double.NaN,
            publish?.Ms ?? double.NaN,
        ];
    }

    /// <summary>From the message's arrival to the command's leaving, or to the miss.</summary>
    public double Ms { get; }

    /// <summary>Sent, nothing to do, or why not.</summary>
    public string Outcome { get; }

    /// <summary>What the log took to commit the same message: a decision does not wait for it.</summary>
    public double CommitMs { get; }

    /// <summary>Where the time went.</summary>
    public double[] PartsMs { get; }

    /// <summary>How long the silo stood still in its time, milliseconds, for each of <see cref="Pauses"/>.</summary>
    public double[] PausesMs { get; }

    /// <summary>What the device did while it waited there: the longest launch, how long launches took of the wait, and how long that launch took, in all and of the processor.</summary>
    public (string Work, double BusyMs, double LaunchMs, double CpuMs)? Before { get; }

    /// <summary>Whether a command could not be sent in time.</summary>
    public bool IsMissed => Outcome is not ("sent" or "nothing-to-do" or "?");
}
