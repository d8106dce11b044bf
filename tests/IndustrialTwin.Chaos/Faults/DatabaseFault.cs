namespace IndustrialTwin.Chaos;

/// <summary>The database is away or slow for a while, under load.</summary>
internal abstract class DatabaseFault : Fault
{
    /// <summary>Commands that must have come for the batches that fell due while the database was away.</summary>
    private const double ControlledMin = 0.95;

    private static readonly TimeSpan Edge = TimeSpan.FromSeconds(1);

    public override string MustHold => "no acknowledgement without commit; control loop goes on; drained ≤ 60 s";

    /// <summary>What was acknowledged by twins in a stretch of time.</summary>
    protected static int Acknowledged(Load load, TimeSpan from, TimeSpan to) => load.Senders.Where(sender => !sender.IsMqtt)
        .Sum(sender => sender.Snapshot().Count(sending => sending.Acknowledged is { } at && at >= from && at < to));

    /// <summary>Notes how much of what fell due in a stretch of time was answered by a command within it.</summary>
    protected static void MustControl(Trial trial, Load load, TimeSpan from, TimeSpan to)
    {
        var (due, commanded) = (0, 0);
        var gaps = new List<TimeSpan>();
        foreach (var sender in load.Senders.Where(sender => sender.IsMqtt))
        {
            var answered = load.Actuator.ReceivedBy(sender.Machine).Where(command => command.At < to + Edge).Select(command => command.Command.Sequence).ToHashSet();
            var sent = sender.Snapshot().Where(sending => sending.Due >= from + Edge && sending.Due < to - Edge).ToList();
            due += sent.Count;
            commanded += sent.Count(sending => answered.Contains(sending.Sequence));
            var times = load.Actuator.ReceivedBy(sender.Machine).Select(command => command.At).Where(at => at > from && at < to).Prepend(from).Append(to).ToList();
            gaps.Add(times.Zip(times.Skip(1)).Max(pair => pair.Second - pair.First));
        }

        trial.Must(commanded >= ControlledMin * due && due > 0, $"control: {commanded} of {due} batches commanded on while it was away, longest silence {gaps.Max().TotalSeconds:0.0} s");
    }
}
