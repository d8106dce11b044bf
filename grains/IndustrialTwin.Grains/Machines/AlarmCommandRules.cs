using IndustrialTwin.Alarms;

namespace IndustrialTwin.Machines;

/// <summary>What an operator's command must be.</summary>
internal static class AlarmCommandRules
{
    private static readonly TimeSpan ShelveMin = TimeSpan.FromMinutes(1), ShelveMax = TimeSpan.FromDays(7);

    /// <summary>Says why a command cannot be carried out, or null.</summary>
    public static string? Fault(MachineKey machine, MachineTwin twin, AlarmCommand command, long nowUs)
    {
        if (twin.JudgeOf(command.Alarm) is not { State: var state })
        {
            var known = twin.Alarms.Count == 0 ? "none" : string.Join(", ", twin.Alarms.Select(alarm => alarm.Declaration.Name));
            return $"{machine}: it has no alarm '{command.Alarm}'; its alarms: {known}.";
        }

        if (string.IsNullOrWhiteSpace(command.Operator) || command.Operator.Length > 128)
        {
            return $"{machine}: the operator is '{command.Operator}'; expected a name of 1 to 128 characters.";
        }

        if (command.Comment?.Length > 1_024)
        {
            return $"{machine}: the comment has {command.Comment.Length} characters; expected at most 1024.";
        }

        return command.Action switch
        {
            AlarmAction.Acknowledge when state.IsAcknowledged => $"{machine}: alarm '{command.Alarm}' has nothing to acknowledge.",
            AlarmAction.Shelve when command.ShelveFor is not { } time || time < ShelveMin || time > ShelveMax =>
                $"{machine}: shelveFor is {command.ShelveFor?.ToString() ?? "missing"}; expected {ShelveMin} to {ShelveMax}.",
            AlarmAction.Unshelve when !state.IsShelved(nowUs) => $"{machine}: alarm '{command.Alarm}' is not shelved.",
            _ => null,
        };
    }
}
