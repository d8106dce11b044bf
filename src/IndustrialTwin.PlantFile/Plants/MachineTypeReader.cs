using IndustrialTwin.Alarms;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using IndustrialTwin.Yaml;

namespace IndustrialTwin.Plants;

/// <summary>Reads the machine types of a plant file, bases before what extends them.</summary>
internal sealed class MachineTypeReader(MapReader types, ErrorList errors)
{
    private static readonly TimeSpan LatenessLimit = TimeSpan.FromDays(7);

    internal static readonly Dictionary<string, AlarmPriority> Priorities =
        Enum.GetValues<AlarmPriority>().ToDictionary(priority => priority.ToString().ToLowerInvariant());

    private readonly Dictionary<string, MachineTypeDraft> _read = [];
    private readonly List<string> _open = [];

    public IReadOnlyDictionary<string, MachineTypeDraft> ReadAll()
    {
        foreach (var (key, value) in types.Entries)
        {
            if (Keys.KeyPath.Fault(key.Value, 1) is { } fault)
            {
                errors.Add(key, types.At(key.Value), key.Shown, $"a type name of letters, digits, '-', '_' and '.': {fault}");
            }

            Read(key, value);
        }

        return _read;
    }

    private MachineTypeDraft? Read(YamlScalar key, YamlNode value)
    {
        if (_read.TryGetValue(key.Value, out var known))
        {
            return known;
        }

        if (_open.Contains(key.Value))
        {
            return null;
        }

        _open.Add(key.Value);
        var draft = MapReader.Of(value, types.At(key.Value), errors) is { } map ? Read(map) : new MachineTypeDraft();
        _open.Remove(key.Value);
        _read[key.Value] = draft;
        return draft;
    }

    private MachineTypeDraft Read(MapReader type)
    {
        var draft = MachineTypeDraft.From(BaseOf(type));
        draft.LatenessMax = type.Duration("latenessMax", draft.LatenessMax, mayBeNone: false, LatenessLimit)!.Value;
        draft.ClockSkewMax = type.Duration("clockSkewMax", draft.ClockSkewMax, mayBeNone: true, LatenessLimit);
        var own = new HashSet<string>();
        foreach (var (node, path) in type.List("channels", isNeeded: draft.Channels.Count == 0))
        {
            if (MapReader.Of(node, path, errors) is { } channel)
            {
                MachineTypeDraft.Put(draft.Channels, ReadChannel(channel), part => part.Name, own, node, path, errors);
            }
        }

        own.Clear();
        var analyses = new AnalysisReader(draft.Channels, errors);
        foreach (var (node, path) in type.List("analyses", isNeeded: false))
        {
            if (MapReader.Of(node, path, errors) is { } map && analyses.Read(map) is { } analysis)
            {
                MachineTypeDraft.Put(draft.Analyses, analysis, part => part.Name, own, node, path, errors);
            }
        }

        own.Clear();
        foreach (var (node, path) in type.List("alarms", isNeeded: false))
        {
            if (MapReader.Of(node, path, errors) is { } map)
            {
                MachineTypeDraft.Put(draft.Alarms, ReadAlarm(map, draft), part => part.Name, own, node, path, errors);
            }
        }

        foreach (var twice in draft.Alarms.GroupBy(alarm => alarm.Feature).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            errors.Add(type.NodeOf("alarms"), type.At("alarms"), $"{twice.Count()} alarms on feature '{twice.Key}'", "at most one alarm a feature");
        }

        own.Clear();
        var controls = new ControlReader(draft.Channels, errors);
        foreach (var (node, path) in type.List("controls", isNeeded: false))
        {
            if (MapReader.Of(node, path, errors) is { } map && controls.Read(map) is { } control)
            {
                MachineTypeDraft.Put(draft.Controls, control, part => part.Name, own, node, path, errors);
            }
        }

        foreach (var alarm in draft.Controls.Where(control => control.Fallback is not null).Select(control => ControlFallback.AlarmOf(control.Name)))
        {
            if (draft.Alarms.Exists(other => other.Name == alarm))
            {
                errors.Add(type.NodeOf("alarms"), type.At("alarms"), $"an alarm named '{alarm}'", "another name: the fallback of a control loop raises an alarm of this one");
            }
        }

        draft.Running = type.Child("running", isNeeded: false) is { } running ? ReadRunning(running, draft) : draft.Running;
        type.End();
        return draft;
    }

    private MachineTypeDraft? BaseOf(MapReader type)
    {
        if (!type.Has("extends"))
        {
            return null;
        }

        var name = type.Name("extends");
        var entry = types.Entries.FirstOrDefault(entry => entry.Key.Value == name);
        if (entry.Key is null)
        {
            errors.Add(
                type.NodeOf("extends"), type.At("extends"), $"'{name}'",
                $"a machine type of this file{MapReader.Suggestion(name, types.Entries.Select(other => other.Key.Value))}");
            return null;
        }

        var draft = Read(entry.Key, entry.Value);
        if (draft is null)
        {
            var circle = string.Join(" extends ", _open.SkipWhile(open => open != name).Append(name));
            errors.Add(type.NodeOf("extends"), type.At("extends"), $"a circle: {circle}", "types that end at one without 'extends'");
        }

        return draft;
    }

    private ChannelDeclaration ReadChannel(MapReader map)
    {
        var channel = new ChannelDeclaration(
            map.Name("name"), map.Unit("unit"), map.Number("min"), map.Number("max"),
            map.Number("rateHz", null, rate => rate is > 0 and <= 10_000_000, "a rate above 0, at most 10,000,000 Hz"));
        if (channel.Minimum >= channel.Maximum)
        {
            errors.Add(map.NodeOf("max"), map.At("max"), FormattableString.Invariant($"{channel.Maximum}"), FormattableString.Invariant($"more than min, {channel.Minimum}"));
        }

        map.End();
        return channel;
    }

    private RunningRule ReadRunning(MapReader map, MachineTypeDraft draft)
    {
        var rule = new RunningRule(map.Text("channel"), map.Number("atLeast"));
        if (rule.Channel.Length > 0 && !draft.Channels.Exists(channel => channel.Name == rule.Channel))
        {
            errors.Add(map.NodeOf("channel"), map.At("channel"), $"'{rule.Channel}'", Known("a channel of this type", rule.Channel, draft.Channels.Select(c => c.Name)));
        }

        map.End();
        return rule;
    }

    private AlarmDeclaration ReadAlarm(MapReader map, MachineTypeDraft draft)
    {
        var (name, feature) = (map.Name("name"), map.Text("feature"));
        var features = draft.Analyses.SelectMany(analysis => analysis.Features.Select(analysis.FeatureName)).ToList();
        if (feature.Length > 0 && !features.Contains(feature))
        {
            errors.Add(map.NodeOf("feature"), map.At("feature"), $"'{feature}'", Known("a feature of this type's analyses", feature, features));
        }

        var (high, low) = (map.Has("high"), map.Has("low"));
        if (high == low)
        {
            errors.Add(map.Map, map.Path, high ? "both 'high' and 'low'" : string.Empty, "either 'high' or 'low', the limit");
        }

        var side = high ? AlarmSide.High : AlarmSide.Low;
        var limit = high ? map.Number("high") : low ? map.Number("low") : double.NaN;
        var clear = map.Number("clear", limit);
        if (side == AlarmSide.High ? clear > limit : clear < limit)
        {
            errors.Add(map.NodeOf("clear"), map.At("clear"), FormattableString.Invariant($"{clear}"),
                FormattableString.Invariant($"at {(side == AlarmSide.High ? "most" : "least")} the limit, {limit}"));
        }

        var alarm = new AlarmDeclaration(
            name, feature, side, limit, clear,
            map.Whole("medianOf", 1, 1, 1_023, count => count % 2 == 1, "an odd number"),
            map.Whole("delayPoints", 1, 1, 1_000_000),
            map.Choice("priority", Priorities, AlarmPriority.Medium));
        map.End();
        return alarm;
    }

    private static string Known(string what, string word, IEnumerable<string> known)
    {
        var all = known.ToList();
        return $"{what} ({(all.Count == 0 ? "there is none" : string.Join(", ", all))}){MapReader.Suggestion(word, all)}";
    }
}
