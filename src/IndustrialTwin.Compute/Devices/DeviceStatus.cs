namespace IndustrialTwin.Devices;

/// <summary>A snapshot of a device's counters since it was opened. Jobs accepted = queued + ended.</summary>
public sealed record DeviceStatus
{
    /// <summary>Whether the device can launch now. False between a failed launch and a successful rebuild, and after disposal.</summary>
    public required bool IsHealthy { get; init; }

    /// <summary>Jobs accepted and not yet launched or dropped; a sliced job counts until it is finished.</summary>
    public required int QueueJobs { get; init; }

    /// <summary>Jobs that ended with a result.</summary>
    public required long JobsDone { get; init; }

    /// <summary>Jobs dropped because their deadline had passed before the launch.</summary>
    public required long JobsExpired { get; init; }

    /// <summary>Jobs not accepted because the queue was full, or because they are larger than the device takes.</summary>
    public required long JobsRefused { get; init; }

    /// <summary>Jobs that ended by an error or by the device's disposal.</summary>
    public required long JobsFailed { get; init; }

    /// <summary>Jobs given up by their caller's cancellation.</summary>
    public required long JobsCancelled { get; init; }

    /// <summary>Launches made, failed ones included; each slice of a sliced job is one.</summary>
    public required long Launches { get; init; }

    /// <summary>Windows in those launches; a sliced job's count with its last slice.</summary>
    public required long Windows { get; init; }

    /// <summary>Time spent in launches.</summary>
    public required TimeSpan BusyTime { get; init; }

    /// <summary>Launches and rebuilds that took longer than <see cref="DeviceOptions.LaunchMax"/> and were given up.</summary>
    public required long LaunchesHung { get; init; }

    /// <summary>Times that the hardware was opened anew after a failure or a hang; the first opening by a driver counts too.</summary>
    public required long Rebuilds { get; init; }

    /// <summary>Jobs that failed because their result was not finite; they are among <see cref="JobsFailed"/>.</summary>
    public required long ResultsNotFinite { get; init; }

    /// <summary>What keeping series on the device has done.</summary>
    public ResidentStatus Resident { get; init; }

    /// <summary>The latest launch or rebuild error, or null.</summary>
    public required string? LastError { get; init; }
}
