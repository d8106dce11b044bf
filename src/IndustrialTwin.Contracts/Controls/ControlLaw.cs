using IndustrialTwin.Alarms;

namespace IndustrialTwin.Controls;

/// <summary>How a statistic becomes a command.</summary>
[GenerateSerializer, Immutable, Alias("itwin.control-law")]
public abstract record ControlLaw;

/// <summary>
/// An interlock: commands <paramref name="Value"/> once when the statistic goes beyond the limit, and nothing again before it has
/// come back to <paramref name="Clear"/>.
/// </summary>
/// <param name="Side">Whether the limit is an upper or a lower one.</param>
/// <param name="Limit">The limit: beyond it (not at it) the loop acts.</param>
/// <param name="Clear">Where it is ready to act again: at or below this for a high limit, at or above for a low one.</param>
/// <param name="Value">What is commanded.</param>
[GenerateSerializer, Immutable, Alias("itwin.limit-law")]
public sealed record LimitLaw(
    [property: Id(0)] AlarmSide Side, [property: Id(1)] double Limit, [property: Id(2)] double Clear, [property: Id(3)] double Value) : ControlLaw;

/// <summary>A proportional controller: commands <c>bias + gain · (target − statistic)</c> within its limits, each time.</summary>
/// <param name="Target">What the statistic should be.</param>
/// <param name="Gain">Command per unit of the statistic.</param>
/// <param name="Bias">What is commanded at the target.</param>
/// <param name="Minimum">The least command.</param>
/// <param name="Maximum">The greatest command.</param>
[GenerateSerializer, Immutable, Alias("itwin.proportional-law")]
public sealed record ProportionalLaw(
    [property: Id(0)] double Target,
    [property: Id(1)] double Gain,
    [property: Id(2)] double Bias,
    [property: Id(3)] double Minimum,
    [property: Id(4)] double Maximum) : ControlLaw;
