using IndustrialTwin.Machines;

namespace IndustrialTwin.Alarms;

/// <summary>
/// An alarm's state and what events make of it (ISA-18.2-2016, figure 3). Pure: the same events in the same order give the same state.
/// </summary>
[GenerateSerializer, Immutable, Alias("itwin.alarm-state")]
internal sealed record AlarmState
{
    public static AlarmState Initial { get; } = new();

    /// <summary>Whether the process is abnormal, after delay and deadband.</summary>
    [Id(0)]
    public bool IsAbnormal { get; init; }

    /// <summary>Whether the last raising was acknowledged; true before the first.</summary>
    [Id(1)]
    public bool IsAcknowledged { get; init; } = true;

    /// <summary>How many points in a row lay beyond the limit.</summary>
    [Id(2)]
    public int PointsBeyond { get; init; }

    /// <summary>The value judged last.</summary>
    [Id(3)]
    public double Value { get; init; } = double.NaN;

    [Id(4)]
    public long? RaisedUs { get; init; }

    [Id(5)]
    public long? ReturnedUs { get; init; }

    [Id(6)]
    public string? AcknowledgedBy { get; init; }

    [Id(7)]
    public long? ShelvedUntilUs { get; init; }

    [Id(8)]
    public long Raisings { get; init; }

    /// <summary>Whether a value lies beyond the limit, deadband and delay left aside. NaN does not.</summary>
    public static bool IsBeyond(AlarmDeclaration alarm, double value) =>
        alarm.Side == AlarmSide.High ? value > alarm.Limit : value < alarm.Limit;

    /// <summary>The state after a judged point.</summary>
    public AlarmState After(AlarmDeclaration alarm, long timeUs, double value)
    {
        if (double.IsNaN(value))
        {
            return this;
        }

        var beyond = IsBeyond(alarm, value);
        var points = beyond ? PointsBeyond + 1 : 0;
        if (!IsAbnormal && points >= alarm.DelayPoints)
        {
            return this with
            {
                IsAbnormal = true, IsAcknowledged = false, AcknowledgedBy = null, PointsBeyond = points, Value = value,
                RaisedUs = timeUs, ReturnedUs = null, Raisings = Raisings + 1,
            };
        }

        if (IsAbnormal && IsBackToNormal(alarm, value))
        {
            return this with { IsAbnormal = false, PointsBeyond = 0, Value = value, ReturnedUs = timeUs };
        }

        return points == PointsBeyond && value.Equals(Value) ? this : this with { PointsBeyond = points, Value = value };
    }

    /// <summary>The state after an acknowledgement; unchanged where there is nothing to acknowledge.</summary>
    public AlarmState AfterAcknowledged(string by) => IsAcknowledged ? this : this with { IsAcknowledged = true, AcknowledgedBy = by };

    /// <summary>The state after shelving until a time.</summary>
    public AlarmState AfterShelved(long untilUs) => this with { ShelvedUntilUs = untilUs };

    /// <summary>The state after it was taken off the shelf.</summary>
    public AlarmState AfterUnshelved() => ShelvedUntilUs is null ? this : this with { ShelvedUntilUs = null };

    public bool IsShelved(long nowUs) => ShelvedUntilUs > nowUs;

    public AlarmCondition Condition(long nowUs) => (IsShelved(nowUs), IsAbnormal, IsAcknowledged) switch
    {
        (true, _, _) => AlarmCondition.Shelved,
        (_, true, false) => AlarmCondition.Unacknowledged,
        (_, true, true) => AlarmCondition.Acknowledged,
        (_, false, false) => AlarmCondition.ReturnedToNormal,
        _ => AlarmCondition.Normal,
    };

    public AlarmSnapshot ToSnapshot(MachineKey machine, AlarmDeclaration alarm, long nowUs) => new(
        machine, alarm.Name, alarm.Feature, Condition(nowUs), IsAbnormal, alarm.Priority, alarm.Side, alarm.Limit, Value,
        RaisedUs, ReturnedUs, AcknowledgedBy, IsShelved(nowUs) ? ShelvedUntilUs : null, Raisings);

    private static bool IsBackToNormal(AlarmDeclaration alarm, double value) =>
        alarm.Side == AlarmSide.High ? value <= alarm.Clear : value >= alarm.Clear;
}
