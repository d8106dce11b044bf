namespace IndustrialTwin.Drivers;

/// <summary>Where a driver in another process listens, and how far it is trusted.</summary>
public sealed record SocketOptions
{
    /// <summary>Absolute path of its Unix domain socket.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Number of the user that the driver must run as; by default this process' own. With another one the socket may be open to its group.
    /// </summary>
    public uint? UserId { get; init; }

    /// <summary>Longest time of one launch. Below <c>DeviceOptions.LaunchMax</c>, so that a driver that hangs costs no thread. 10 ms..10 min.</summary>
    public TimeSpan LaunchTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time of a connection, a description or a check. 10 ms..1 min.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often an idle driver is checked. 100 ms..1 h.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of arrays that one launch carries at most each way, whatever more the driver takes. 64 KiB..1 GiB.</summary>
    public long LaunchBytesMax { get; init; } = 64 << 20;

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the value and its range.</exception>
    public void Validate()
    {
        // 108 bytes with the final zero is what Linux has for the path of a socket.
        if (!System.IO.Path.IsPathFullyQualified(Path) || System.Text.Encoding.UTF8.GetByteCount(Path) > 107)
            throw new ArgumentException($"The driver's socket '{Path}' must be an absolute path of at most 107 bytes.");
        InRange(LaunchTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10), nameof(LaunchTimeout));
        InRange(CallTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(CallTimeout));
        InRange(CheckInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(CheckInterval));
        InRange(LaunchBytesMax, DriverProtocol.LaunchBytesLeast, DriverProtocol.LaunchBytesMost, nameof(LaunchBytesMax));
    }

    private static void InRange<T>(T value, T min, T max, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"The driver's {name} must lie in {min}..{max}.");
    }
}
