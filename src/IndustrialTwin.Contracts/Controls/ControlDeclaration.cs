using IndustrialTwin.Analyses;

namespace IndustrialTwin.Controls;

/// <summary>
/// A control loop: whenever samples of its channel arrive, a statistic of the newest window is computed on the twin's own node in the
/// control class, ahead of everything else, and the law makes a command to the machine of it. It waits for no commit.
/// </summary>
/// <param name="Name">The loop's name, unique within its machine type.</param>
/// <param name="Channel">The channel that it watches.</param>
/// <param name="WindowRows">How many of the newest samples are reduced, 2 to 65,536. A sample older than the newest one takes no part.</param>
/// <param name="Statistic">What they are reduced to.</param>
/// <param name="Law">What is commanded.</param>
/// <param name="Command">The command's name, as the machine knows it.</param>
/// <param name="Deadline">How old the message may be when the command leaves, 100 µs to 10 s; a later one is a miss and is not sent.</param>
[GenerateSerializer, Immutable, Alias("itwin.control-declaration")]
public sealed record ControlDeclaration(
    [property: Id(0)] string Name,
    [property: Id(1)] string Channel,
    [property: Id(2)] int WindowRows,
    [property: Id(3)] Statistic Statistic,
    [property: Id(4)] ControlLaw Law,
    [property: Id(5)] string Command,
    [property: Id(6)] TimeSpan Deadline)
{
    /// <summary>The largest <see cref="WindowRows"/>.</summary>
    public const int WindowRowsMax = 65_536;

    /// <summary>The shortest <see cref="Deadline"/>.</summary>
    public static TimeSpan DeadlineMin { get; } = TimeSpan.FromMicroseconds(100);

    /// <summary>The longest <see cref="Deadline"/>.</summary>
    public static TimeSpan DeadlineMax { get; } = TimeSpan.FromSeconds(10);

    /// <summary>What its actuator goes to when it has not decided in time for too long, or null where that is the machine's own matter.</summary>
    [Id(7)]
    public ControlFallback? Fallback { get; init; }
}
