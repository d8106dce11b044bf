using IndustrialTwin.Alarms;
using IndustrialTwin.Controls;

namespace IndustrialTwin.Machines;

/// <summary>The newest value of a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="TimeUs">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Value">The value.</param>
[GenerateSerializer, Immutable, Alias("itwin.channel-value")]
public sealed record ChannelValue(
    [property: Id(0)] string Channel, [property: Id(1)] string Unit, [property: Id(2)] long TimeUs, [property: Id(3)] double Value);

/// <summary>The newest point of a feature.</summary>
/// <param name="Feature">The feature, <c>analysis/feature</c>.</param>
/// <param name="TimeUs">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Value">The value.</param>
/// <param name="Limit">Its alarm's limit, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.feature-value")]
public sealed record FeatureValue(
    [property: Id(0)] string Feature, [property: Id(1)] long TimeUs, [property: Id(2)] double Value, [property: Id(3)] double? Limit);

/// <summary>What came to a twin since it was declared. Batches in = accepted + duplicate + rejected; samples in = accepted + quarantined.</summary>
/// <param name="BatchesAccepted">Batches committed to the log.</param>
/// <param name="BatchesDuplicate">Batches that were in the log already. Counted since the twin's last activation.</param>
/// <param name="BatchesRejected">Batches that could not be taken. Counted since the twin's last activation.</param>
/// <param name="SamplesAccepted">Good samples of the accepted batches.</param>
/// <param name="SamplesQuarantined">Bad samples of the accepted batches.</param>
/// <param name="SamplesLate">Good samples that came after event time had passed them: in the log, but in no window.</param>
/// <param name="SequenceGaps">Sequence numbers below the highest that have not come.</param>
[GenerateSerializer, Immutable, Alias("itwin.ingest-counts")]
public sealed record IngestCounts(
    [property: Id(0)] long BatchesAccepted,
    [property: Id(1)] long BatchesDuplicate,
    [property: Id(2)] long BatchesRejected,
    [property: Id(3)] long SamplesAccepted,
    [property: Id(4)] long SamplesQuarantined,
    [property: Id(5)] long SamplesLate,
    [property: Id(6)] long SequenceGaps);

/// <summary>A machine's twin as it stands.</summary>
/// <param name="Summary">What its line knows.</param>
/// <param name="IsDeclared">Whether a plant file declares it; a retired machine keeps its history.</param>
/// <param name="Revision">The declaration's revision, or null.</param>
/// <param name="Channels">The newest value of each channel seen.</param>
/// <param name="Features">The newest point of each feature computed.</param>
/// <param name="Alarms">All its alarms.</param>
/// <param name="Counts">What came in.</param>
/// <param name="LogPosition">The position of its newest entry in the durable log.</param>
/// <param name="AnalysedPosition">The log position up to which everything is analysed; equal to <paramref name="LogPosition"/> when it has caught up.</param>
/// <param name="Accelerator">The accelerator that served it last, or null.</param>
/// <param name="WatermarkUs">Event time up to which its rows are complete, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.machine-snapshot")]
public sealed record MachineSnapshot(
    [property: Id(0)] MachineSummary Summary,
    [property: Id(1)] bool IsDeclared,
    [property: Id(2)] string? Revision,
    [property: Id(3)] ChannelValue[] Channels,
    [property: Id(4)] FeatureValue[] Features,
    [property: Id(5)] AlarmSnapshot[] Alarms,
    [property: Id(6)] IngestCounts Counts,
    [property: Id(7)] long LogPosition,
    [property: Id(8)] long AnalysedPosition,
    [property: Id(9)] string? Accelerator,
    [property: Id(10)] long? WatermarkUs)
{
    /// <summary>Its control loops.</summary>
    [Id(11)]
    public ControlSnapshot[] Controls { get; init; } = [];

    /// <summary>The newest commands of its interlocks, the oldest first.</summary>
    [Id(12)]
    public MachineCommand[] Commands { get; init; } = [];
}
