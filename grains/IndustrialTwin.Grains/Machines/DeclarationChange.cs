namespace IndustrialTwin.Machines;

/// <summary>Which analyses, alarms and control loops a new declaration leaves as they were.</summary>
internal sealed class DeclarationChange
{
    private readonly HashSet<string> _analyses;
    private readonly HashSet<string> _alarms;
    private readonly HashSet<string> _controls;

    private DeclarationChange(HashSet<string> analyses, HashSet<string> alarms, HashSet<string> controls) =>
        (_analyses, _alarms, _controls) = (analyses, alarms, controls);

    public static DeclarationChange Between(MachineDeclaration before, MachineDeclaration after)
    {
        var rates = before.Channels.ToDictionary(channel => channel.Name, channel => channel.RateHz);
        var analyses = before.Analyses.ToDictionary(analysis => analysis.Name, MachineTypes.Fingerprint);
        var alarms = before.Alarms.ToDictionary(alarm => alarm.Name, MachineTypes.Fingerprint);
        var controls = before.Controls.ToDictionary(control => control.Name, MachineTypes.Fingerprint);
        return new DeclarationChange(
            [
                .. after.Analyses
                    .Where(analysis => analyses.GetValueOrDefault(analysis.Name) == MachineTypes.Fingerprint(analysis)
                        && analysis.Inputs.All(input => rates.GetValueOrDefault(input)
                            .Equals(after.Channels.First(channel => channel.Name == input).RateHz)))
                    .Select(analysis => analysis.Name),
            ],
            [
                .. after.Alarms
                    .Where(alarm => alarms.GetValueOrDefault(alarm.Name) == MachineTypes.Fingerprint(alarm))
                    .Select(alarm => alarm.Name),
            ],
            [
                .. after.Controls
                    .Where(control => controls.GetValueOrDefault(control.Name) == MachineTypes.Fingerprint(control))
                    .Select(control => control.Name),
            ]);
    }

    public bool Analysis(string name) => _analyses.Contains(name);

    public bool Alarm(string name) => _alarms.Contains(name);

    public bool Control(string name) => _controls.Contains(name);
}
