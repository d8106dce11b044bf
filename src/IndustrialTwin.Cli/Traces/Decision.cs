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
        DeadlineMs = control.Number("itwin.deadline_ms") ?? double.NaN;
        Trace = trace;
        IsWhole = message is not null;
        PausesMs = [.. Pauses.Select(pause => below.Prepend(control).Max(span => span.Number(pause.Tag) ?? 0))];
        Before = queues.Where(span => span.Tags.ContainsKey("device.before.operation")).OrderByDescending(span => span.Ms).Select(span => new DeviceWork(span)).FirstOrDefault();
        IsStarved = DeviceWork.Starved(launches.FirstOrDefault(), launches.Sum(span => span.Ms), launches.Sum(span => span.Number("thread.cpu_ms") ?? double.NaN));
        var observe = trace.Spans.FirstOrDefault(span => span.Name == "machine observe");
        TurnBeforeMs = observe?.Number("itwin.turn.before_ms") ?? double.NaN;
        TurnMs = observe?.Number("itwin.turn_ms") ?? double.NaN;
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

    /// <summary>The trace that it is in.</summary>
    public RecordedTrace Trace { get; }

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

    /// <summary>From the message's arrival to when the command had to leave, milliseconds.</summary>
    public double DeadlineMs { get; }

    /// <summary>Whether its trace is more than the one span that a miss leaves of a message that was not traced.</summary>
    public bool IsWhole { get; }

    /// <summary>What the device did while it waited there; null where its trace does not tell, or the device was idle.</summary>
    public DeviceWork? Before { get; }

    /// <summary>Whether the device's thread did not compute for most of its launches.</summary>
    public bool IsStarved { get; }

    /// <summary>How long the twin's turns before its own took.</summary>
    public double TurnBeforeMs { get; }

    /// <summary>How long its message's own turn at the twin took.</summary>
    public double TurnMs { get; }

    /// <summary>How old the newest sample was when the message came.</summary>
    public double AgeMs => PartsMs[0];

    /// <summary>How long the message waited for room.</summary>
    public double RoomMs => PartsMs[1];

    /// <summary>From then to the beginning of the decision.</summary>
    public double BeganMs => PartsMs[2];

    /// <summary>How long it waited at the device.</summary>
    public double WaitMs => PartsMs[3];

    /// <summary>How long the device computed.</summary>
    public double LaunchMs => PartsMs[4];

    /// <summary>How long the command took to the broker.</summary>
    public double PublishMs => PartsMs[6];

    /// <summary>How long the garbage collector stopped the silo.</summary>
    public double GcMs => PausesMs[0];

    /// <summary>How long due threads got no processor.</summary>
    public double ProcessorMs => PausesMs[1];

    /// <summary>How long no thread of the pool was free.</summary>
    public double ThreadPoolMs => PausesMs[2];

    /// <summary>From the newest sample to the command; a sample of the future, which is the sender's clock, counts as new.</summary>
    public double SeenMs => Ms + (AgeMs > 0 ? AgeMs : 0);

    /// <summary>The time to explain: of a miss what the deadline counts, else from the newest sample to the command.</summary>
    public double CountedMs => IsMissed ? Ms : SeenMs;

    /// <summary>Whether a command could not be sent in time.</summary>
    public bool IsMissed => Outcome is not ("sent" or "nothing-to-do" or "?");

    /// <summary>Whether it was in time for the silo, but too late for the machine.</summary>
    public bool IsOld => !IsMissed && SeenMs > DeadlineMs;
}
