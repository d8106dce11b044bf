using IndustrialTwin.Alarms;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Controls;

/// <summary>
/// The alarm of a control loop that has fallen back: it judges what the log says of the loop, 1 while it is in fallback and else 0, and is
/// acknowledged, shelved and kept as any other.
/// </summary>
internal static class FallbackAlarm
{
    /// <summary>The state of such an alarm that was just raised.</summary>
    public static AlarmState Raised { get; } = new() { IsAbnormal = true, IsAcknowledged = false, Value = 1 };

    /// <summary>The judges of a declaration's fallbacks; those of loops that stay as they were go on where they stood.</summary>
    public static IEnumerable<AlarmJudge> JudgesOf(MachineDeclaration declaration, DeclarationChange keeps, AlarmJudgeState[] stored) =>
        declaration.Controls.Where(control => control.Fallback is not null).Select(control => new AlarmJudge(
            Of(control), keeps.Control(control.Name) ? Array.Find(stored, one => one.Alarm == ControlFallback.AlarmOf(control.Name)) : null));

    /// <summary>What is judged of a loop with a fallback.</summary>
    public static AlarmDeclaration Of(ControlDeclaration control) => new(
        ControlFallback.AlarmOf(control.Name), ControlFallback.FeatureOf(control.Name), AlarmSide.High, Limit: 0.5, Clear: 0.5, MedianOf: 1, DelayPoints: 1,
        control.Fallback!.Priority);
}
