namespace IndustrialTwin.Devices;

/// <summary>The limits of one device's queue and launches.</summary>
public sealed record DeviceOptions
{
    /// <summary>The limits used where none are given.</summary>
    public static DeviceOptions Default { get; } = new();

    /// <summary>Jobs that may wait; one more is refused. 1..1,048,576.</summary>
    public int QueueJobsMax { get; init; } = 4_096;

    /// <summary>
    /// Windows that one launch may join from several jobs, 1..1,048,576. A single job may carry more and is then launched alone.
    /// </summary>
    public int BatchWindowsMax { get; init; } = 512;

    /// <summary>Operations whose compiled forms and buffers are kept; the least recently used is disposed. 1..4,096.</summary>
    public int OperationsMax { get; init; } = 64;

    /// <summary>Least time between two attempts to rebuild a broken device. 0..1 h.</summary>
    public TimeSpan RebuildInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws when a limit is outside its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the limit, its value and its range.</exception>
    public void Validate()
    {
        InRange(QueueJobsMax, 1, 1 << 20, nameof(QueueJobsMax));
        InRange(BatchWindowsMax, 1, 1 << 20, nameof(BatchWindowsMax));
        InRange(OperationsMax, 1, 4_096, nameof(OperationsMax));
        if (RebuildInterval < TimeSpan.Zero || RebuildInterval > TimeSpan.FromHours(1))
            throw new ArgumentOutOfRangeException(nameof(RebuildInterval), RebuildInterval, "DeviceOptions.RebuildInterval must lie in 0..1 h.");
    }

    private static void InRange(int value, int min, int max, string name)
    {
        if (value < min || value > max)
            throw new ArgumentOutOfRangeException(name, value, $"DeviceOptions.{name} must lie in {min}..{max}.");
    }
}
