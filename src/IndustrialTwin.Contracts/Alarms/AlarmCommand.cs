namespace IndustrialTwin.Alarms;

/// <summary>What an operator does to an alarm.</summary>
[GenerateSerializer, Alias("itwin.alarm-action")]
public enum AlarmAction
{
    /// <summary>Says that it was seen.</summary>
    Acknowledge,

    /// <summary>Puts it aside for a while.</summary>
    Shelve,

    /// <summary>Brings it back before its time.</summary>
    Unshelve,
}

/// <summary>An operator's command to an alarm.</summary>
/// <param name="Alarm">The alarm's name.</param>
/// <param name="Action">What to do.</param>
/// <param name="Operator">Who does it, 1 to 128 characters.</param>
/// <param name="Comment">Why, up to 1,024 characters, or null.</param>
/// <param name="ShelveFor">How long to shelve it, 1 minute to 7 days; needed by <see cref="AlarmAction.Shelve"/> alone.</param>
[GenerateSerializer, Immutable, Alias("itwin.alarm-command")]
public sealed record AlarmCommand(
    [property: Id(0)] string Alarm,
    [property: Id(1)] AlarmAction Action,
    [property: Id(2)] string Operator,
    [property: Id(3)] string? Comment = null,
    [property: Id(4)] TimeSpan? ShelveFor = null);

/// <summary>The answer to an <see cref="AlarmCommand"/>.</summary>
/// <param name="Done">Whether it was carried out; a command that finds nothing to do is not.</param>
/// <param name="Detail">Why not, or null.</param>
/// <param name="Alarm">The alarm afterwards, or null where the machine has no such alarm.</param>
[GenerateSerializer, Immutable, Alias("itwin.alarm-reply")]
public sealed record AlarmReply(
    [property: Id(0)] bool Done,
    [property: Id(1)] string? Detail,
    [property: Id(2)] AlarmSnapshot? Alarm);
