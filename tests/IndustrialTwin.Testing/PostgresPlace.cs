using System.Net;

namespace IndustrialTwin.Testing;

/// <summary>Where a PostgreSQL server of a test stands, when it is not simply on loopback.</summary>
public sealed record PostgresPlace
{
    /// <summary>The address that it listens on.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Its port; any free one where null.</summary>
    public int? Port { get; init; }

    /// <summary>A program, with its arguments, that starts the server where it belongs, such as into a network namespace.</summary>
    public string[] Prefix { get; init; } = [];

    /// <summary>An existing empty folder for its files; one in the system's temporary folder where null.</summary>
    public string? Folder { get; init; }

    /// <summary>An existing empty folder for its write-ahead log; within <see cref="Folder"/> where null.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Further settings, <c>name=value</c>.</summary>
    public string[] Settings { get; init; } = [];
}
