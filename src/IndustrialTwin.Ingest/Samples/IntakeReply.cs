using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>What became of a message.</summary>
internal enum IntakeOutcome
{
    /// <summary>Its batch is committed.</summary>
    Accepted,

    /// <summary>Its batch was in the log already.</summary>
    Duplicate,

    /// <summary>No twin could take it; it is committed to quarantine.</summary>
    Quarantined,

    /// <summary>It could not be taken now. Nothing is known to be committed, and the sender must keep it.</summary>
    Refused,
}

/// <summary>Whose matter a refusal is.</summary>
internal enum IntakeRefusal
{
    /// <summary>The silo's: it comes again.</summary>
    Trouble,

    /// <summary>The sender may not publish there.</summary>
    NotAuthorized,

    /// <summary>The sender's tenant has used its quota up.</summary>
    QuotaExceeded,
}

/// <summary>The answer of the intake. All outcomes but a refusal are durable and may be acknowledged.</summary>
/// <param name="Outcome">What became of the message.</param>
/// <param name="Quarantine">The record that was kept, where it was.</param>
/// <param name="Detail">Why it was refused.</param>
/// <param name="BadSamples">The records of an accepted message's bad samples, where it has some.</param>
internal sealed record IntakeReply(
    IntakeOutcome Outcome, QuarantineRecord? Quarantine = null, string? Detail = null, IReadOnlyList<QuarantineRecord>? BadSamples = null)
{
    internal static IntakeReply Accepted { get; } = new(IntakeOutcome.Accepted);

    internal static IntakeReply Duplicate { get; } = new(IntakeOutcome.Duplicate);

    /// <summary>To who may not publish there; of the intake's outcomes it is none.</summary>
    internal static IntakeReply Forbidden { get; } = new(IntakeOutcome.Refused, Detail: "this client may not publish on this topic") { Refusal = IntakeRefusal.NotAuthorized };

    /// <summary>Why it was refused, where that is not the ingest's own trouble.</summary>
    internal IntakeRefusal Refusal { get; init; }

    /// <summary>All records that subscribers of quarantine are told of.</summary>
    internal IEnumerable<QuarantineRecord> Quarantined => Quarantine is { } whole ? [whole] : BadSamples ?? [];

    internal bool IsSettled => Outcome != IntakeOutcome.Refused;
}

/// <summary>A message as it came in.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Payload">Its payload, which nobody changes any more.</param>
/// <param name="TraceParent">The W3C trace context that it carries, or null.</param>
/// <param name="ClientId">The sender, where it is known.</param>
/// <param name="Received">The <see cref="TimeProvider"/>'s timestamp of its arrival.</param>
internal readonly record struct IntakeMessage(
    string Topic, ReadOnlyMemory<byte> Payload, string? TraceParent, string? ClientId, long Received);
