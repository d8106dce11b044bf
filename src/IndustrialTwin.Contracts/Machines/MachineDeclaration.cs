using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;

namespace IndustrialTwin.Machines;

/// <summary>A machine as its plant file declares it, its type's channels, analyses and alarms written out.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Type">The machine type's name.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Channels">What it measures.</param>
/// <param name="Analyses">What its twin computes.</param>
/// <param name="Alarms">When its twin raises an alarm.</param>
/// <param name="Running">How to tell that it runs; null where any sample means running.</param>
/// <param name="LatenessMax">How far event time waits for a sequence gap to fill or a slow source, before it goes on without.</param>
/// <param name="ClockSkewMax">How far a sample's time may be from the twin's clock; null for recorded data, whose times are not checked.</param>
/// <param name="Revision">A hash of all the rest: equal declarations have equal revisions.</param>
[GenerateSerializer, Immutable, Alias("itwin.machine-declaration")]
public sealed record MachineDeclaration(
    [property: Id(0)] MachineKey Machine,
    [property: Id(1)] string Type,
    [property: Id(2)] string Title,
    [property: Id(3)] ChannelDeclaration[] Channels,
    [property: Id(4)] AnalysisDeclaration[] Analyses,
    [property: Id(5)] AlarmDeclaration[] Alarms,
    [property: Id(6)] RunningRule? Running,
    [property: Id(7)] TimeSpan LatenessMax,
    [property: Id(8)] TimeSpan? ClockSkewMax,
    [property: Id(9)] string Revision)
{
    /// <summary>When its twin commands it.</summary>
    [Id(10)]
    public ControlDeclaration[] Controls { get; init; } = [];
}
