using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>What an entry of the log holds. Numbers are stored: append, never renumber.</summary>
public enum LogEntryKind
{
    /// <summary>The good samples of a batch, in the form of <see cref="SampleBatchCodec"/>.</summary>
    Samples = 0,

    /// <summary>Something else that changed the twin, in a form of the twin's own.</summary>
    Event = 1,
}

/// <summary>An entry to append. <c>(Machine, Source, Epoch, Sequence)</c> is unique in the log.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Fence">The claim it is written under.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Source">Its source.</param>
/// <param name="Epoch">Its source's epoch.</param>
/// <param name="Sequence">Its number within the epoch.</param>
/// <param name="Payload">What it holds, encoded. Not changed by anyone until the append returns.</param>
/// <param name="FirstUs">Event time of its first sample, microseconds since 1970-01-01 UTC.</param>
/// <param name="LastUs">Event time of its last sample.</param>
/// <param name="Samples">How many samples it holds.</param>
/// <param name="Quarantined">What of the batch went to quarantine.</param>
public sealed record LogEntry(
    MachineKey Machine,
    long Fence,
    LogEntryKind Kind,
    string Source,
    long Epoch,
    long Sequence,
    ReadOnlyMemory<byte> Payload,
    long FirstUs,
    long LastUs,
    int Samples,
    IReadOnlyList<QuarantineRecord> Quarantined);

/// <summary>An entry as it stands in the log.</summary>
/// <param name="Position">Its position: grows within a machine, with gaps.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Source">Its source.</param>
/// <param name="Epoch">Its source's epoch.</param>
/// <param name="Sequence">Its number within the epoch.</param>
/// <param name="Samples">How many good samples it holds.</param>
/// <param name="SamplesQuarantined">How many samples of its batch went to quarantine.</param>
/// <param name="Payload">What it holds, encoded.</param>
public sealed record LoggedEntry(
    long Position, LogEntryKind Kind, string Source, long Epoch, long Sequence, int Samples, int SamplesQuarantined, byte[] Payload);

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>It is committed.</summary>
    Committed,

    /// <summary>An entry of that name was there already; nothing was written.</summary>
    AlreadyThere,

    /// <summary>The machine was claimed by a later activation; nothing was written.</summary>
    Fenced,
}

/// <summary>The answer to an append.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Position">The position of the entry, or of the one that was there; 0 where fenced.</param>
public readonly record struct AppendReply(AppendOutcome Outcome, long Position);
