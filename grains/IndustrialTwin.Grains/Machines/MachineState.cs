using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <summary>
/// A checkpoint of a twin: what all log entries up to <see cref="AnalysedPosition"/> made of it, less the entries at
/// <see cref="WaitingPositions"/>. The log after it is replayed at activation, so a lost checkpoint costs time and nothing else.
/// </summary>
[GenerateSerializer, Immutable, Alias("itwin.machine-state")]
internal sealed record MachineState
{
    [Id(0)]
    public MachineDeclaration? Declaration { get; init; }

    [Id(1)]
    public bool IsRetired { get; init; }

    [Id(2)]
    public long AnalysedPosition { get; init; }

    /// <summary>Entries up to the analysed position that still wait for an earlier one of their source.</summary>
    [Id(3)]
    public long[] WaitingPositions { get; init; } = [];

    [Id(4)]
    public SequenceState[] Sequences { get; init; } = [];

    [Id(5)]
    public SourceState[] Sources { get; init; } = [];

    [Id(6)]
    public AnalysisState[] Analyses { get; init; } = [];

    [Id(7)]
    public AlarmJudgeState[] Alarms { get; init; } = [];

    [Id(8)]
    public RunningClockState? Running { get; init; }

    [Id(9)]
    public ChannelPoint[] Channels { get; init; } = [];

    [Id(10)]
    public FeaturePoint[] Features { get; init; } = [];

    [Id(11)]
    public DurableCounts Counts { get; init; } = new(0, 0, 0, 0);

    [Id(12)]
    public long NewestUs { get; init; } = long.MinValue;

    /// <summary>The newest commands of interlocks, the oldest first.</summary>
    [Id(13)]
    public MachineCommand[] Commands { get; init; } = [];

    /// <summary>The fence of the activation that stored it, or 0. The log gives out a higher one each time, if it is the same log.</summary>
    [Id(14)]
    public long Fence { get; init; }

    /// <summary>The control loops that are in fallback.</summary>
    [Id(15)]
    public FallbackState[] Fallbacks { get; init; } = [];
}

/// <summary>Where a source's sequence stands on its way to the analyses.</summary>
[GenerateSerializer, Immutable, Alias("itwin.source-state")]
internal sealed record SourceState([property: Id(0)] string Source, [property: Id(1)] long Epoch, [property: Id(2)] long Next);

/// <summary>Counts that follow from the log.</summary>
[GenerateSerializer, Immutable, Alias("itwin.durable-counts")]
internal sealed record DurableCounts(
    [property: Id(0)] long Batches, [property: Id(1)] long Samples, [property: Id(2)] long Quarantined, [property: Id(3)] long Late);

/// <summary>The newest value of a channel; not seen yet where the time is <see cref="long.MinValue"/>.</summary>
[GenerateSerializer, Immutable, Alias("itwin.channel-point")]
internal readonly record struct ChannelPoint([property: Id(0)] string Channel, [property: Id(1)] long TimeUs, [property: Id(2)] double Value);

/// <summary>The newest point of a feature.</summary>
[GenerateSerializer, Immutable, Alias("itwin.feature-point")]
internal readonly record struct FeaturePoint([property: Id(0)] string Feature, [property: Id(1)] long TimeUs, [property: Id(2)] double Value);
