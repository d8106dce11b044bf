using IndustrialTwin.Alarms;

namespace IndustrialTwin.Controls;

/// <summary>Where a control loop stands: pure, so that a property test can drive it.</summary>
/// <param name="IsTripped">Whether an interlock has acted and waits for the statistic to come back.</param>
internal readonly record struct ControlState(bool IsTripped)
{
    /// <summary>What follows from a statistic: the next state, and a value to command or null.</summary>
    public (ControlState After, double? Command) After(ControlLaw law, double statistic) => law switch
    {
        ProportionalLaw proportional => (this, Math.Clamp(
            proportional.Bias + (proportional.Gain * (proportional.Target - statistic)), proportional.Minimum, proportional.Maximum)),
        LimitLaw limit when !IsTripped && IsBeyond(limit.Side, statistic, limit.Limit) => (new ControlState(true), limit.Value),
        LimitLaw limit when IsTripped && !IsBeyond(limit.Side, statistic, limit.Clear) => (new ControlState(false), null),
        LimitLaw => (this, null),
        _ => throw new NotSupportedException($"No loop follows a law of type {law.GetType().Name}."),
    };

    private static bool IsBeyond(AlarmSide side, double value, double limit) => side == AlarmSide.High ? value > limit : value < limit;
}
