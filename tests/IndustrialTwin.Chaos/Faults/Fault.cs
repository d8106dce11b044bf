namespace IndustrialTwin.Chaos;

/// <summary>One row of the chaos table.</summary>
internal abstract class Fault
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What happens, in words.</summary>
    public abstract string Title { get; }

    public abstract string MustHold { get; }

    /// <summary>Brings the fault about and notes what was measured.</summary>
    /// <exception cref="FaultNotHereException">This machine lacks what it needs.</exception>
    public abstract Task TryAsync(Trial trial);

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<Fault> All { get; } = 
    [
        new KillOneFault(),
        new KillAllFault(),
        new DatabaseDownFault(),
        new DatabaseSlowFault(),
        new DatabaseFailoverFault(),
        .. PartitionFault.Kinds,
        new ZombieFault(),
        new DuplicateFault(),
        new OverloadFault(),
        new SlowClientsFault(),
        new RaceFault(),
        new ClockFault(),
        .. DiskFault.Kinds,
        .. DatabaseDiskFault.Kinds,
        new UpgradeFault(),
    ];
}
