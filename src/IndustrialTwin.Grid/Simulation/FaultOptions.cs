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

    /// <summary>Whether anything can go wrong.</summary>
    public bool IsAny => DeviceDeathEveryUs > 0 || SiloDeathEveryUs > 0 || LossRatio > 0 || DuplicateRatio > 0 || DelayRatio > 0;
}
