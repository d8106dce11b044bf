using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>What became of a batch.</summary>
[GenerateSerializer, Alias("itwin.observe-outcome")]
public enum ObserveOutcome
{
    /// <summary>It is committed to the durable log; its bad samples, if any, are in quarantine.</summary>
    Accepted,

    /// <summary>It is in the log already, from an earlier arrival.</summary>
    Duplicate,

    /// <summary>The twin cannot take it as a whole; the sender keeps it or puts it in quarantine.</summary>
    Rejected,
}

/// <summary>The answer to <c>Observe</c>. An accepted batch is durable before this answer exists.</summary>
/// <param name="Outcome">What became of the batch.</param>
/// <param name="SamplesAccepted">How many of its samples were good.</param>
/// <param name="SamplesQuarantined">How many were put in quarantine. Both together are the samples of an accepted batch.</param>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="Detail">The rejection in words: asset, field, value, and what was expected.</param>
/// <param name="Quarantined">The records of an accepted batch's bad samples, which are kept already; null where there are none.</param>
[GenerateSerializer, Immutable, Alias("itwin.observe-reply")]
public sealed record ObserveReply(
    [property: Id(0)] ObserveOutcome Outcome,
    [property: Id(1)] int SamplesAccepted,
    [property: Id(2)] int SamplesQuarantined,
    [property: Id(3)] QuarantineReason? Reason = null,
    [property: Id(4)] string? Detail = null,
    [property: Id(5)] QuarantineRecord[]? Quarantined = null)
{
    /// <summary>The batch was in the log already.</summary>
    public static ObserveReply Duplicate { get; } = new(ObserveOutcome.Duplicate, 0, 0);

    /// <summary>The batch cannot be taken.</summary>
    public static ObserveReply Rejected(QuarantineReason reason, string detail) => new(ObserveOutcome.Rejected, 0, 0, reason, detail);
}
