using IndustrialTwin.Machines;

namespace IndustrialTwin.Lines;

/// <summary>What a line tells its site when it changes.</summary>
/// <param name="Line">The line.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Health">The worst health of its machines.</param>
/// <param name="Machines">How many machines it has.</param>
/// <param name="MachinesRunning">How many run.</param>
/// <param name="AlarmsUnacknowledged">Alarms that wait for an acknowledgement.</param>
/// <param name="AlarmsActive">Alarms that are abnormal and not shelved.</param>
/// <param name="RunningMs">Running time of its machines together, milliseconds.</param>
/// <param name="ObservedMs">Observed time of its machines together, milliseconds.</param>
[GenerateSerializer, Immutable, Alias("itwin.line-summary")]
public sealed record LineSummary(
    [property: Id(0)] LineKey Line,
    [property: Id(1)] long Version,
    [property: Id(2)] string Title,
    [property: Id(3)] MachineHealth Health,
    [property: Id(4)] int Machines,
    [property: Id(5)] int MachinesRunning,
    [property: Id(6)] int AlarmsUnacknowledged,
    [property: Id(7)] int AlarmsActive,
    [property: Id(8)] long RunningMs,
    [property: Id(9)] long ObservedMs)
{
    /// <summary>Running time over observed time, 0..1, or null before anything was observed.</summary>
    public double? Availability => ObservedMs > 0 ? (double)RunningMs / ObservedMs : null;
}

/// <summary>A line's twin as it stands.</summary>
/// <param name="Summary">What its site knows.</param>
/// <param name="Machines">Its machines, ordered by key.</param>
[GenerateSerializer, Immutable, Alias("itwin.line-snapshot")]
public sealed record LineSnapshot([property: Id(0)] LineSummary Summary, [property: Id(1)] MachineSummary[] Machines);
