namespace IndustrialTwin.Simulation;

/// <summary>What goes wrong in a simulated grid. Nothing, by default.</summary>
public sealed record FaultOptions
{
    /// <summary>No faults.</summary>
    public static FaultOptions None { get; } = new();

    /// <summary>Mean time between deaths of a device, microseconds; 0 for none.</summary>
    public long DeviceDeathEveryUs { get; init; }

    /// <summary>Mean time between deaths of a silo, with its queues and devices, microseconds; 0 for none.</summary>
    public long SiloDeathEveryUs { get; init; }

    /// <summary>How long what died stays away, microseconds.</summary>
    public long DownUs { get; init; } = 50_000;

    /// <summary>How long until the others know of a death, microseconds.</summary>
    public long DetectUs { get; init; } = 5_000;

    /// <summary>Messages that are lost, 0..1.</summary>
    public double LossRatio { get; init; }

    /// <summary>Messages that come twice, 0..1.</summary>
    public double DuplicateRatio { get; init; }

    /// <summary>Messages that come late, 0..1.</summary>
    public double DelayRatio { get; init; }

    /// <summary>How late those come, microseconds.</summary>
    public long DelayUs { get; init; } = 5_000;

    /// <summary>Launches that take <see cref="SlowTimes"/> as long as they should, 0..1.</summary>
    public double SlowRatio { get; init; }

    /// <summary>How many times as long those take.</summary>
    public double SlowTimes { get; init; } = 6;

    /// <summary>Whether anything can go wrong.</summary>
    public bool IsAny => SlowRatio > 0 || DeviceDeathEveryUs > 0 || SiloDeathEveryUs > 0 || LossRatio > 0 || DuplicateRatio > 0 || DelayRatio > 0;
}
