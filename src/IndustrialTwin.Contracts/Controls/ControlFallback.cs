using IndustrialTwin.Alarms;

namespace IndustrialTwin.Controls;

/// <summary>
/// The known state that a control loop's actuator goes to when normal work cannot go on: when the loop has given no decision in time for
/// so long, its twin commands it once and raises the alarm <see cref="AlarmOf"/>.
/// </summary>
/// <param name="Command">The command's name, as the machine knows it.</param>
/// <param name="Value">To what, in the command's own unit.</param>
/// <param name="After">How long without a decision in time, 100 ms to 10 minutes.</param>
/// <param name="Priority">The alarm's priority.</param>
[GenerateSerializer, Immutable, Alias("itwin.control-fallback")]
public sealed record ControlFallback(
    [property: Id(0)] string Command,
    [property: Id(1)] double Value,
    [property: Id(2)] TimeSpan After,
    [property: Id(3)] AlarmPriority Priority)
{
    private const string AlarmEnd = ".fallback";

    /// <summary>The longest name of a loop with a fallback: its alarm's name is a name too.</summary>
    public static int LoopNameLengthMax => Keys.KeyPath.SegmentLengthMax - AlarmEnd.Length;

    /// <summary>The shortest <see cref="After"/>.</summary>
    public static TimeSpan AfterMin { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest <see cref="After"/>: shorter than an idle twin stays awake.</summary>
    public static TimeSpan AfterMax { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The alarm that is raised while a loop is in fallback.</summary>
    public static string AlarmOf(string control) => control + AlarmEnd;

    /// <summary>What that alarm judges: 1 while the loop is in fallback, else 0. No analysis can have a feature of this name.</summary>
    public static string FeatureOf(string control) => $"control/{control}/fallback";
}
