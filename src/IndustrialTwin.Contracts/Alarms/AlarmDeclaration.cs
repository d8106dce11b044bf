namespace IndustrialTwin.Alarms;

/// <summary>When a feature becomes an alarm (ISA-18.2: setpoint, deadband, delay, priority).</summary>
/// <param name="Name">The alarm's name, unique within its machine type.</param>
/// <param name="Feature">The feature it judges, <c>analysis/feature</c>. A feature has at most one alarm.</param>
/// <param name="Side">Whether the limit is an upper or a lower one.</param>
/// <param name="Limit">The limit, in the feature's unit: beyond it (not at it) the feature is abnormal.</param>
/// <param name="Clear">Where it counts as normal again (the deadband): at or below this for a high limit, at or above for a low one.</param>
/// <param name="MedianOf">The rolling median that is judged: 1 (the value itself) to 1,023, odd.</param>
/// <param name="DelayPoints">So many points in a row must be abnormal before the alarm is raised; 1 or more.</param>
/// <param name="Priority">How fast a person must act.</param>
[GenerateSerializer, Immutable, Alias("itwin.alarm-declaration")]
public sealed record AlarmDeclaration(
    [property: Id(0)] string Name,
    [property: Id(1)] string Feature,
    [property: Id(2)] AlarmSide Side,
    [property: Id(3)] double Limit,
    [property: Id(4)] double Clear,
    [property: Id(5)] int MedianOf,
    [property: Id(6)] int DelayPoints,
    [property: Id(7)] AlarmPriority Priority);

/// <summary>Which side of its limit is abnormal.</summary>
[GenerateSerializer, Alias("itwin.alarm-side")]
public enum AlarmSide
{
    /// <summary>Above the limit.</summary>
    High,

    /// <summary>Below the limit.</summary>
    Low,
}

/// <summary>The priorities of ISA-18.2, from the least urgent.</summary>
[GenerateSerializer, Alias("itwin.alarm-priority")]
public enum AlarmPriority
{
    /// <summary>Look at it this shift.</summary>
    Low,

    /// <summary>Look at it soon.</summary>
    Medium,

    /// <summary>Act promptly.</summary>
    High,

    /// <summary>Act at once.</summary>
    Critical,
}
