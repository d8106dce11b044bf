using System.Diagnostics.CodeAnalysis;

namespace IndustrialTwin.Devices;

/// <summary>The ways a job ends. A cancelled job ends as its cancelled task.</summary>
public enum JobOutcomeKind
{
    /// <summary>It ran; the result is present.</summary>
    Done,

    /// <summary>Its deadline passed before it could be launched.</summary>
    Expired,

    /// <summary>The queue was full; nothing was queued.</summary>
    Refused,

    /// <summary>Its launch failed, hung or gave no finite result, or the device was broken or disposed first. Another device may do it.</summary>
    Failed,
}

/// <summary>How a job ended.</summary>
/// <typeparam name="TResult">The operation's result.</typeparam>
public readonly record struct JobOutcome<TResult>
{
    private JobOutcome(JobOutcomeKind kind, TResult? result, JobTiming timing, string? reason)
    {
        Kind = kind;
        Result = result;
        Timing = timing;
        Reason = reason;
    }

    /// <summary>Which way.</summary>
    public JobOutcomeKind Kind { get; }

    /// <summary>The result when <see cref="Kind"/> is done; otherwise the default.</summary>
    public TResult? Result { get; }

    /// <summary>Where the time went.</summary>
    public JobTiming Timing { get; }

    /// <summary>Why it did not end as done; null when it did.</summary>
    public string? Reason { get; }

    /// <summary>Gives the result when the job is done.</summary>
    public bool TryGetResult([MaybeNullWhen(false)] out TResult result)
    {
        result = Result;
        return Kind == JobOutcomeKind.Done;
    }

    internal static JobOutcome<TResult> Done(TResult result, JobTiming timing) => new(JobOutcomeKind.Done, result, timing, null);

    internal static JobOutcome<TResult> Expired(JobTiming timing, string reason) => new(JobOutcomeKind.Expired, default, timing, reason);

    internal static JobOutcome<TResult> Refused(JobTiming timing, string reason) => new(JobOutcomeKind.Refused, default, timing, reason);

    internal static JobOutcome<TResult> Failed(JobTiming timing, string reason) => new(JobOutcomeKind.Failed, default, timing, reason);
}
