using System.Text.RegularExpressions;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Drivers;

/// <summary>One driver: either of a socket, or of a class in an assembly.</summary>
public sealed partial class DriverOptions
{
    /// <summary>The device's id on its node; by default <c>driver-</c> and its place.</summary>
    public string? Id { get; set; }

    /// <summary>Absolute path of the driver's Unix domain socket.</summary>
    public string? Socket { get; set; }

    /// <summary>Number of the user that the driver behind the socket runs as; by default the silo's own.</summary>
    public uint? UserId { get; set; }

    /// <summary>Longest time of one launch through the socket.</summary>
    public TimeSpan LaunchTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of arrays that one launch through the socket carries at most each way.</summary>
    public long LaunchBytesMax { get; set; } = 64 << 20;

    /// <summary>File name of a driver assembly in the driver folder.</summary>
    public string? Assembly { get; set; }

    /// <summary>Full name of the driver's class in the assembly.</summary>
    public string? Type { get; set; }

    /// <summary>What the assembly's file must hash to; not checked where it is not given.</summary>
    public string? Sha256 { get; set; }

    /// <summary>Handed to the driver's class.</summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    internal NamedDriver ToDriver(string section, string defaultId, string folder)
    {
        var id = Id ?? defaultId;
        if (!DeviceId().IsMatch(id))
            throw new DriverException($"{section}:{nameof(Id)} is '{id}'; expected lower-case letters, digits and dashes, at most 32.");
        if (ReservedId().IsMatch(id))
            throw new DriverException($"{section}:{nameof(Id)} is '{id}', which is an id of the node's own devices.");
        if (Socket is null == Assembly is null)
            throw new DriverException($"{section} has {(Socket is null ? "neither" : "both")} {nameof(Socket)} and {nameof(Assembly)}; expected one of them.");
        return new NamedDriver(id, Socket is null ? OfAssembly(section, folder) : OfSocket(section, Socket));
    }

    private SocketDriver OfSocket(string section, string socket)
    {
        var options = new SocketOptions { Path = socket, UserId = UserId, LaunchTimeout = LaunchTimeout, LaunchBytesMax = LaunchBytesMax };
        try
        {
            options.Validate();
        }
        catch (ArgumentException error)
        {
            throw new DriverException($"{section}: {error.Message}", error);
        }

        return new SocketDriver(options);
    }

    private DeviceDriver OfAssembly(string section, string folder)
    {
        if (Assembly != Path.GetFileName(Assembly) || string.IsNullOrEmpty(Assembly))
            throw new DriverException($"{section}:{nameof(Assembly)} is '{Assembly}'; expected the name of a file in the driver folder '{folder}'.");
        return string.IsNullOrEmpty(Type)
            ? throw new DriverException($"{section}:{nameof(Type)} is missing; expected the full name of the driver's class.")
            : DriverAssembly.Load(Path.Combine(folder, Assembly), Type, Settings.AsReadOnly(), Sha256);
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,31}$")]
    private static partial Regex DeviceId();

    [GeneratedRegex("^(native|cuda|opencl)-[0-9]+$")]
    private static partial Regex ReservedId();
}
