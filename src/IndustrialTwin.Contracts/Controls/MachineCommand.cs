using IndustrialTwin.Machines;

namespace IndustrialTwin.Controls;

/// <summary>
/// A command from a twin to its machine. <c>(Fence, Number)</c> orders a machine's commands: whoever carries them out refuses one
/// that is not higher than the highest it has seen, so that a twin's stale activation cannot act.
/// </summary>
/// <param name="Machine">The machine.</param>
/// <param name="Control">The loop that decided.</param>
/// <param name="Command">What to do or set.</param>
/// <param name="Value">To what.</param>
/// <param name="Statistic">What was measured: the loop's statistic of its window; 0 for a fallback, which rests on no measurement.</param>
/// <param name="TimeUs">Event time of the newest sample that it rests on, microseconds since 1970-01-01 UTC; for a fallback the clock's.</param>
/// <param name="Source">The source of the batch that caused it; empty for a fallback.</param>
/// <param name="Epoch">That batch's epoch.</param>
/// <param name="Sequence">That batch's sequence.</param>
/// <param name="Fence">The fence of the twin's activation.</param>
/// <param name="Number">Counts the activation's commands.</param>
[GenerateSerializer, Immutable, Alias("itwin.machine-command")]
public sealed record MachineCommand(
    [property: Id(0)] MachineKey Machine,
    [property: Id(1)] string Control,
    [property: Id(2)] string Command,
    [property: Id(3)] double Value,
    [property: Id(4)] double Statistic,
    [property: Id(5)] long TimeUs,
    [property: Id(6)] string Source,
    [property: Id(7)] long Epoch,
    [property: Id(8)] long Sequence,
    [property: Id(9)] long Fence,
    [property: Id(10)] long Number)
{
    /// <summary>When the message that caused it was received, microseconds since 1970-01-01 UTC, or null where that is not known.</summary>
    [Id(11)]
    public long? ReceivedUs { get; init; }

    /// <summary>When it was decided, microseconds since 1970-01-01 UTC, or null where that is not known.</summary>
    [Id(12)]
    public long? DecidedUs { get; init; }

    /// <summary>Why the loop fell back, where this is its fallback; null for a decision.</summary>
    [Id(13)]
    public string? Fallback { get; init; }
}
