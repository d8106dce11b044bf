using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Plants;

/// <summary>Reads control loops of one machine type: an interlock has a limit, a proportional controller a target.</summary>
internal sealed class ControlReader(IReadOnlyList<ChannelDeclaration> channels, ErrorList errors)
{
    private static readonly Dictionary<string, Statistic> Statistics = Enum.GetValues<Statistic>().ToDictionary(WindowStatisticsAnalysis.FeatureOf);

    public ControlDeclaration? Read(MapReader map)
    {
        var (name, channel) = (map.Name("name"), map.Text("channel"));
        if (channel.Length > 0 && !channels.Any(known => known.Name == channel))
        {
            var names = channels.Select(known => known.Name).ToList();
            errors.Add(map.NodeOf("channel"), map.At("channel"), $"'{channel}'",
                $"a channel of this type ({string.Join(", ", names)}){MapReader.Suggestion(channel, names)}");
        }

        var window = map.Whole("windowRows", null, 2, ControlDeclaration.WindowRowsMax);
        var statistic = map.Choice("statistic", Statistics, Statistic.Mean, isNeeded: true);
        var deadline = map.Duration("deadline", TimeSpan.FromMilliseconds(5), mayBeNone: false, ControlDeclaration.DeadlineMax)!.Value;
        if (deadline < ControlDeclaration.DeadlineMin)
        {
            errors.Add(map.NodeOf("deadline"), map.At("deadline"), $"{deadline}", $"at least {ControlDeclaration.DeadlineMin}");
        }

        var law = Law(map);
        var command = map.Name("command");
        var child = map.Child("fallback", isNeeded: false);
        map.End();
        if (law is null)
        {
            return null;
        }

        var loop = new ControlDeclaration(name, channel, window, statistic, law, command, deadline);
        return child is null ? loop : loop with { Fallback = Fallback(child, loop) };
    }

    private ControlFallback Fallback(MapReader map, ControlDeclaration loop)
    {
        if (loop.Name.Length > ControlFallback.LoopNameLengthMax)
        {
            errors.Add(map.Map, map.Path, $"a fallback of '{loop.Name}', which has {loop.Name.Length} characters",
                $"a loop's name of at most {ControlFallback.LoopNameLengthMax} characters, as its alarm is named '{ControlFallback.AlarmOf("<name>")}'");
        }

        var command = map.Has("command") ? map.Name("command") : loop.Command;
        var value = map.Number("value");
        if (loop.Law is ProportionalLaw { Minimum: var min, Maximum: var max } && command == loop.Command && (value < min || value > max))
        {
            errors.Add(map.NodeOf("value"), map.At("value"), FormattableString.Invariant($"{value}"),
                FormattableString.Invariant($"within the loop's min and max, {min} to {max}, or a 'command' of its own"));
        }

        var fallback = new ControlFallback(command, value, After(map, loop), map.Choice("priority", MachineTypeReader.Priorities, AlarmPriority.High));
        map.End();
        return fallback;
    }

    /// <summary>A loop that has woken decides when its window is full; were it to fall back earlier, it would whenever its twin moves.</summary>
    private TimeSpan After(MapReader map, ControlDeclaration loop)
    {
        var rateHz = channels.FirstOrDefault(known => known.Name == loop.Channel)?.RateHz ?? double.NaN;
        var fills = rateHz > 0 ? TimeSpan.FromSeconds(Math.Min(loop.WindowRows / rateHz, TimeSpan.FromDays(365).TotalSeconds)) : TimeSpan.Zero;
        var least = fills + loop.Deadline > ControlFallback.AfterMin ? fills + loop.Deadline : ControlFallback.AfterMin;
        var isThere = map.Has("after");
        var after = map.Duration("after", null, mayBeNone: false, ControlFallback.AfterMax);
        if (isThere ? after < least : after is null)
        {
            errors.Add(map.NodeOf("after"), map.At("after"), isThere ? $"{after}" : string.Empty,
                $"a duration of at least {least}, in which the loop's window is full and its deadline over, at most {ControlFallback.AfterMax}");
        }

        return after ?? ControlFallback.AfterMax;
    }

    private ControlLaw? Law(MapReader map)
    {
        var (high, low, target) = (map.Has("high"), map.Has("low"), map.Has("target"));
        if ((high ? 1 : 0) + (low ? 1 : 0) + (target ? 1 : 0) != 1)
        {
            errors.Add(map.Map, map.Path, $"{(high ? "'high' " : "")}{(low ? "'low' " : "")}{(target ? "'target'" : "")}".Trim(),
                "one of 'high' or 'low' for an interlock, or 'target' for a proportional controller");
            return null;
        }

        return target ? Proportional(map) : Limit(map, high ? AlarmSide.High : AlarmSide.Low);
    }

    private LimitLaw Limit(MapReader map, AlarmSide side)
    {
        var limit = map.Number(side == AlarmSide.High ? "high" : "low");
        var clear = map.Number("clear", limit);
        if (side == AlarmSide.High ? clear > limit : clear < limit)
        {
            errors.Add(map.NodeOf("clear"), map.At("clear"), FormattableString.Invariant($"{clear}"),
                FormattableString.Invariant($"at {(side == AlarmSide.High ? "most" : "least")} the limit, {limit}"));
        }

        return new LimitLaw(side, limit, clear, map.Number("value", 1));
    }

    private ProportionalLaw Proportional(MapReader map)
    {
        var law = new ProportionalLaw(map.Number("target"), map.Number("gain"), map.Number("bias", 0), map.Number("min"), map.Number("max"));
        if (law.Minimum >= law.Maximum)
        {
            errors.Add(map.NodeOf("max"), map.At("max"), FormattableString.Invariant($"{law.Maximum}"), FormattableString.Invariant($"more than min, {law.Minimum}"));
        }

        return law;
    }
}
