using IndustrialTwin.Machines;

namespace IndustrialTwin.Samples;

/// <summary>
/// What a source sends in one message. <c>(Machine, Source, Epoch, Sequence)</c> names the batch for ever:
/// a batch with the same name is the same batch and counts once, however often and in whatever order it arrives.
/// </summary>
/// <param name="Machine">The machine that the samples belong to.</param>
/// <param name="Source">Which of the machine's sources sent it; sources count their sequences apart.</param>
/// <param name="Epoch">Grows whenever the source starts its sequence again, at its restart for instance. 0 or more.</param>
/// <param name="Sequence">Counts the source's batches within the epoch, from 0 without gaps.</param>
/// <param name="Columns">The samples, a column a channel.</param>
/// <param name="TraceParent">The W3C <c>traceparent</c> of the message where it is sampled for tracing, else null.</param>
[GenerateSerializer, Immutable, Alias("itwin.sample-batch")]
public sealed record SampleBatch(
    [property: Id(0)] MachineKey Machine,
    [property: Id(1)] string Source,
    [property: Id(2)] long Epoch,
    [property: Id(3)] long Sequence,
    [property: Id(4)] SampleColumn[] Columns,
    [property: Id(5)] string? TraceParent = null)
{
    /// <summary>The source of a batch that names none.</summary>
    public const string DefaultSource = "device";

    /// <summary>When the grid received it, microseconds since 1970-01-01 UTC, or null: a control loop's deadline counts from then.</summary>
    [Id(6)]
    public long? ReceivedUs { get; init; }

    /// <summary>The samples of all columns together.</summary>
    public int SampleCount
    {
        get
        {
            var count = 0;
            foreach (var column in Columns)
            {
                count += column.Values.Length;
            }

            return count;
        }
    }
}
