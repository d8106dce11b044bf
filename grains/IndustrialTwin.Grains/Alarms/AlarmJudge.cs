namespace IndustrialTwin.Alarms;

/// <summary>Judges a feature's points: rolling median, limit, then the alarm's state.</summary>
internal sealed class AlarmJudge(AlarmDeclaration declaration, AlarmJudgeState? stored = null)
{
    private RollingMedian? _median = stored is { Median.Length: > 0 } ? new(declaration.MedianOf, stored.Median) : null;

    public AlarmDeclaration Declaration { get; } = declaration;

    public AlarmState State { get; set; } = stored?.State ?? AlarmState.Initial;

    /// <summary>Takes a point; answers the value judged and whether it lies beyond the limit.</summary>
    public (double Filtered, bool Exceeded) Judge(long timeUs, double value)
    {
        var filtered = Declaration.MedianOf == 1 ? value : (_median ??= new RollingMedian(Declaration.MedianOf)).Add(value);
        State = State.After(Declaration, timeUs, filtered);
        return (filtered, AlarmState.IsBeyond(Declaration, filtered));
    }

    public AlarmJudgeState ToStored() => new(Declaration.Name, State, _median?.ToStored() ?? []);
}

/// <summary>An alarm's judge as stored.</summary>
[GenerateSerializer, Immutable, Alias("itwin.alarm-judge-state")]
internal sealed record AlarmJudgeState(
    [property: Id(0)] string Alarm, [property: Id(1)] AlarmState State, [property: Id(2)] double[] Median);
