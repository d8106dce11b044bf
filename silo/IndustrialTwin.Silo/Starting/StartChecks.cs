using System.Net;
using System.Net.Sockets;
using IndustrialTwin.Hosting;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Starting;

/// <summary>Looks, before anything is opened, at what most often stands in the way of a start.</summary>
internal static class StartChecks
{
    /// <summary>Whether files can be made and written where the database is to be.</summary>
    /// <exception cref="StartException">They cannot.</exception>
    public static void Folder(StorageOptions storage)
    {
        if (storage.Engine != StorageEngine.Sqlite)
        {
            return;
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(storage.Path))!;
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".{Guid.NewGuid():N}");
            File.WriteAllText(probe, string.Empty);
            File.Delete(probe);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"Storage:Path is '{storage.Path}', but the folder '{folder}' cannot be written ({fault.Message.TrimEnd('.')}). Expected a folder that this user may write.", fault);
        }
    }

    /// <summary>Whether the cluster's ports are free.</summary>
    /// <exception cref="StartException">One is not, or the address is none.</exception>
    public static void Ports(GridClusterOptions cluster)
    {
        if (!IPAddress.TryParse(cluster.Address, out var address))
        {
            throw new StartException($"Cluster:Address is '{cluster.Address}'; expected an IP address of this computer, such as 127.0.0.1.");
        }

        Port(address, cluster.SiloPort, nameof(cluster.SiloPort));
        Port(address, cluster.GatewayPort, nameof(cluster.GatewayPort));
    }

    /// <summary>Whether options keep their rules.</summary>
    /// <exception cref="StartException">They do not.</exception>
    public static void Rules<T>(T options)
        where T : class
    {
        var result = new DataAnnotationValidateOptions<T>(null).Validate(null, options);
        if (result.Failed)
        {
            throw new StartException(string.Join(" ", result.Failures.Select(StartFault.Readable)));
        }
    }

    private static void Port(IPAddress address, int port, string name)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException fault)
        {
            throw new StartException(
                $"Cluster:{name} is {port}, which cannot be listened on at {address} ({fault.Message}). If another silo runs here, end it, or give this one its own ports: "
                + "Urls, Mqtt:Port, Cluster:SiloPort and Cluster:GatewayPort.", fault);
        }
    }
}
