using IndustrialTwin.Machines;

namespace IndustrialTwin.Alarms;

/// <summary>An alarm as it stands.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Name">The alarm's name.</param>
/// <param name="Feature">The feature it judges.</param>
/// <param name="Condition">Its ISA-18.2 state.</param>
/// <param name="IsAbnormal">Whether the process is abnormal now, whatever was acknowledged or shelved.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Side">Which side of the limit is abnormal.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Value">The judged value last seen; NaN before the first.</param>
/// <param name="RaisedUs">Event time of the last raising, microseconds since 1970-01-01 UTC, or null.</param>
/// <param name="ReturnedUs">Event time of the last return to normal, or null.</param>
/// <param name="AcknowledgedBy">Who acknowledged it last, or null.</param>
/// <param name="ShelvedUntilUs">Until when it is shelved, clock time, or null.</param>
/// <param name="Raisings">How often it was raised.</param>
[GenerateSerializer, Immutable, Alias("itwin.alarm-snapshot")]
public sealed record AlarmSnapshot(
    [property: Id(0)] MachineKey Machine,
    [property: Id(1)] string Name,
    [property: Id(2)] string Feature,
    [property: Id(3)] AlarmCondition Condition,
    [property: Id(4)] bool IsAbnormal,
    [property: Id(5)] AlarmPriority Priority,
    [property: Id(6)] AlarmSide Side,
    [property: Id(7)] double Limit,
    [property: Id(8)] double Value,
    [property: Id(9)] long? RaisedUs,
    [property: Id(10)] long? ReturnedUs,
    [property: Id(11)] string? AcknowledgedBy,
    [property: Id(12)] long? ShelvedUntilUs,
    [property: Id(13)] long Raisings);
