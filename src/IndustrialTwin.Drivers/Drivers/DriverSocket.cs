using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace IndustrialTwin.Drivers;

/// <summary>Connects to a driver's socket, if it is one that nobody else could have put there.</summary>
internal static partial class DriverSocket
{
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // Linux: SOL_SOCKET, SO_PEERCRED and struct ucred { pid, uid, gid }, see socket(7) and unix(7).
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>Connects; the stream owns the socket.</summary>
    /// <exception cref="DriverException">The socket is not there, nobody listens, or it is not as safe as it must be.</exception>
    public static async ValueTask<(Stream Stream, int? ProcessId)> ConnectAsync(SocketOptions options, CancellationToken cancellationToken)
    {
        CheckMode(options);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(options.Path), cancellationToken).ConfigureAwait(false);
            var process = CheckPeer(options, socket);
            return (new NetworkStream(socket, ownsSocket: true), process);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new DriverException($"Nobody listens at the driver's socket '{options.Path}': {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void CheckMode(SocketOptions options)
    {
        if (!File.Exists(options.Path))
            throw new DriverException($"The driver's socket '{options.Path}' is not there.");
        if (OperatingSystem.IsWindows())
            return;
        var mode = File.GetUnixFileMode(options.Path);
        if ((mode & Others) != 0 || (options.UserId is null && (mode & Group) != 0))
        {
            throw new DriverException(
                $"The driver's socket '{options.Path}' has mode {Convert.ToString((int)mode, 8)}; expected {(options.UserId is null ? "600" : "660 at most")}, "
                + "so that nobody else can send it work.");
        }
    }

    /// <summary>The user behind the socket: whoever could replace the file would be found out here.</summary>
    private static int? CheckPeer(SocketOptions options, Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> credentials = stackalloc byte[12];
        if (socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) != credentials.Length)
            throw new DriverException($"The system does not tell who listens at the driver's socket '{options.Path}'.");
        var (process, user) = (MemoryMarshal.Read<int>(credentials), MemoryMarshal.Read<uint>(credentials[4..]));
        var expected = options.UserId ?? EffectiveUser();
        return user == expected
            ? process
            : throw new DriverException($"User {user} listens at the driver's socket '{options.Path}'; expected user {expected}.");
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
