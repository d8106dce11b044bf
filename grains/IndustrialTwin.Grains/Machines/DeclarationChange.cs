namespace IndustrialTwin.Machines;

/// <summary>Which analyses and alarms a new declaration leaves as they were.</summary>
internal sealed class DeclarationChange
{
    private readonly HashSet<string> _analyses;
    private readonly HashSet<string> _alarms;

    private DeclarationChange(HashSet<string> analyses, HashSet<string> alarms) => (_analyses, _alarms) = (analyses, alarms);

    public static DeclarationChange Between(MachineDeclaration before, MachineDeclaration after)
    {
        var rates = before.Channels.ToDictionary(channel => channel.Name, channel => channel.RateHz);
        var analyses = before.Analyses.ToDictionary(analysis => analysis.Name, MachineTypes.Fingerprint);
        var alarms = before.Alarms.ToDictionary(alarm => alarm.Name, MachineTypes.Fingerprint);
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
            ]);
    }

    public bool Analysis(string name) => _analyses.Contains(name);

    public bool Alarm(string name) => _alarms.Contains(name);
}
