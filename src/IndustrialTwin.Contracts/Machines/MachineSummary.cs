using IndustrialTwin.Alarms;

namespace IndustrialTwin.Machines;

/// <summary>What a machine tells its line when it changes.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Version">Grows with every change: a summary with a lower version is older, whenever it arrives.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Type">The machine type's name.</param>
/// <param name="Health">How it is.</param>
/// <param name="Running">Whether it runs.</param>
/// <param name="RunningMs">How long it ran, event time, milliseconds.</param>
/// <param name="ObservedMs">How long it was observed running or stopped, event time, milliseconds.</param>
/// <param name="Alarms">Its alarms that are not normal.</param>
/// <param name="LastSampleUs">Event time of its newest sample, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.machine-summary")]
public sealed record MachineSummary(
    [property: Id(0)] MachineKey Machine,
    [property: Id(1)] long Version,
    [property: Id(2)] string Title,
    [property: Id(3)] string Type,
    [property: Id(4)] MachineHealth Health,
    [property: Id(5)] RunningState Running,
    [property: Id(6)] long RunningMs,
    [property: Id(7)] long ObservedMs,
    [property: Id(8)] AlarmSnapshot[] Alarms,
    [property: Id(9)] long? LastSampleUs)
{
    /// <summary>Running time over observed time, 0..1, or null before anything was observed.</summary>
    public double? Availability => ObservedMs > 0 ? (double)RunningMs / ObservedMs : null;
}
