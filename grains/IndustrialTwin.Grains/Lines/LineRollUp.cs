using IndustrialTwin.Alarms;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Lines;

/// <summary>A line's machines rolled up. Pure: the summaries in any order, repeated or late, give the same roll-up.</summary>
internal sealed class LineRollUp
{
    private readonly SortedDictionary<string, MachineSummary> _machines = new(StringComparer.Ordinal);

    public IEnumerable<MachineSummary> Machines => _machines.Values;

    /// <summary>Takes a machine's summary unless a newer one is known; answers whether it was taken.</summary>
    public bool Take(MachineSummary summary)
    {
        if (_machines.TryGetValue(summary.Machine.Value, out var known) && known.Version >= summary.Version)
        {
            return false;
        }

        _machines[summary.Machine.Value] = summary;
        return true;
    }

    public bool Contains(MachineKey machine) => _machines.ContainsKey(machine.Value);

    public void Remove(MachineKey machine) => _machines.Remove(machine.Value);

    public LineSummary ToSummary(LineKey line, long version, string title)
    {
        var summary = new LineSummary(line, version, title, MachineHealth.Unknown, _machines.Count, 0, 0, 0, 0, 0);
        foreach (var machine in _machines.Values)
        {
            summary = summary with
            {
                Health = machine.Health > summary.Health ? machine.Health : summary.Health,
                MachinesRunning = summary.MachinesRunning + (machine.Running == RunningState.Running ? 1 : 0),
                AlarmsUnacknowledged = summary.AlarmsUnacknowledged
                    + machine.Alarms.Count(alarm => alarm.Condition is AlarmCondition.Unacknowledged or AlarmCondition.ReturnedToNormal),
                AlarmsActive = summary.AlarmsActive + machine.Alarms.Count(alarm => alarm.IsAbnormal && alarm.Condition != AlarmCondition.Shelved),
                RunningMs = summary.RunningMs + machine.RunningMs,
                ObservedMs = summary.ObservedMs + machine.ObservedMs,
            };
        }

        return summary;
    }
}
