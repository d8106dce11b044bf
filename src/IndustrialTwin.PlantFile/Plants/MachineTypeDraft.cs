using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using IndustrialTwin.Yaml;

namespace IndustrialTwin.Plants;

/// <summary>A machine type as it was read, its base's parts included.</summary>
internal sealed class MachineTypeDraft
{
    public List<ChannelDeclaration> Channels { get; } = [];

    public List<AnalysisDeclaration> Analyses { get; } = [];

    public List<AlarmDeclaration> Alarms { get; } = [];

    public List<ControlDeclaration> Controls { get; } = [];

    public RunningRule? Running { get; set; }

    public TimeSpan LatenessMax { get; set; } = TimeSpan.FromSeconds(2);

    public TimeSpan? ClockSkewMax { get; set; } = TimeSpan.FromMinutes(5);

    public static MachineTypeDraft From(MachineTypeDraft? parent)
    {
        var draft = new MachineTypeDraft();
        if (parent is not null)
        {
            draft.Channels.AddRange(parent.Channels);
            draft.Analyses.AddRange(parent.Analyses);
            draft.Alarms.AddRange(parent.Alarms);
            draft.Controls.AddRange(parent.Controls);
            (draft.Running, draft.LatenessMax, draft.ClockSkewMax) = (parent.Running, parent.LatenessMax, parent.ClockSkewMax);
        }

        return draft;
    }

    /// <summary>Adds a part, or puts it in the place of the base's part of that name; a name twice in one type is an error.</summary>
    public static void Put<T>(List<T> parts, T part, Func<T, string> name, HashSet<string> own, YamlNode at, string path, ErrorList errors)
    {
        if (!own.Add(name(part)))
        {
            errors.Add(at, path, $"the name '{name(part)}' again", "each name once");
            return;
        }

        var known = parts.FindIndex(other => name(other) == name(part));
        if (known >= 0)
        {
            parts[known] = part;
        }
        else
        {
            parts.Add(part);
        }
    }
}
