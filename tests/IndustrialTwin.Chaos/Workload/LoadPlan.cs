namespace IndustrialTwin.Chaos;

/// <summary>How much load a plant is under.</summary>
internal sealed record LoadPlan
{
    public int Machines { get; init; } = 24;

    /// <summary>Between two batches of one machine.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Machines whose declaration is a register that is written and read all the time.</summary>
    public int RegisterMachines { get; init; } = 4;

    public TimeSpan ControlDeadline { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan? ClockSkewMax { get; init; }

    /// <summary>When event time begins, microseconds since 1970-01-01 UTC.</summary>
    public long StartUs { get; init; } = Plant.StartUs;
}
