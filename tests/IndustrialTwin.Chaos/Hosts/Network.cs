using System.Globalization;
using System.Net;

namespace IndustrialTwin.Chaos;

/// <summary>
/// The cluster's network: a bridge, and a namespace with one address for every host. Where the machine allows no namespaces, hosts are
/// loopback addresses, and faults of the network cannot be had.
/// </summary>
internal sealed class Network : IDisposable
{
    private const string Mark = "itwin-chaos-";

    private static int _networks;

    private readonly List<Host> _hosts = [];
    private readonly string? _bridge;
    private readonly string _prefix;
    private readonly int _id = Environment.ProcessId, _number = Interlocked.Increment(ref _networks);

    public Network()
    {
        var third = 1 + (_id % 250);
        try
        {
            Sweep();
            _bridge = Bridge(_id, _number);
            Command.Run("ip", ["link", "add", _bridge, "type", "bridge"]);
            _prefix = $"10.{200 + (_number % 50)}.{third}.";
            Command.Run("ip", ["addr", "add", $"{_prefix}1/24", "dev", _bridge]);
            Command.Run("ip", ["link", "set", _bridge, "up"]);
            Command.Run("nft", ["--version"]);
            var probe = Add("probe");
            Command.Run("ip", ["netns", "exec", probe.Space!, "nft", "list", "ruleset"]);
        }
        catch (InvalidOperationException fault)
        {
            WhyNot = $"no network namespaces here ({fault.Message})";
            Dispose();
            _bridge = null;
            _prefix = $"127.{200 + (_number % 50)}.{third}.";
            _hosts.Clear();
        }
    }

    /// <summary>Why hosts have no namespaces, or null where they have.</summary>
    public string? WhyNot { get; }

    /// <summary>Makes a host.</summary>
    public Host Add(string name)
    {
        var number = _hosts.Count + 2;
        var address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number}"));
        if (_bridge is null)
        {
            var plain = new Host(name, address, null);
            _hosts.Add(plain);
            return plain;
        }

        var space = string.Create(CultureInfo.InvariantCulture, $"{Mark}{_id}-{_number}-{number}");
        var (outside, inside) = ($"itw{_id % 100_000}h{_number % 100}-{number}", $"itw{_id % 100_000}i{_number % 100}-{number}");
        Command.Run("ip", ["netns", "add", space]);
        var host = new Host(name, address, space);
        _hosts.Add(host);
        Command.Run("ip", ["link", "add", outside, "type", "veth", "peer", "name", inside]);
        Command.Run("ip", ["link", "set", inside, "netns", space]);
        Command.Run("ip", ["link", "set", outside, "master", _bridge, "up"]);
        Command.Run("ip", ["-n", space, "addr", "add", $"{address}/24", "dev", inside]);
        Command.Run("ip", ["-n", space, "link", "set", inside, "up"]);
        Command.Run("ip", ["-n", space, "link", "set", "lo", "up"]);
        return host;
    }

    /// <summary>Undoes every cut.</summary>
    public void Heal() => _hosts.ForEach(host => host.Heal());

    public void Dispose()
    {
        foreach (var host in _hosts.Where(host => host.Space is not null))
        {
            Quietly("ip", "netns", "del", host.Space!);
        }

        if (_bridge is not null)
        {
            Quietly("ip", "link", "del", _bridge);
        }
    }

    /// <summary>Removes what runs that were killed have left.</summary>
    private static void Sweep()
    {
        foreach (var line in Command.Run("ip", ["netns", "list"]).Split('\n').Where(line => line.StartsWith(Mark, StringComparison.Ordinal)))
        {
            var space = line.Split(' ')[0];
            var parts = space[Mark.Length..].Split('-');
            if (parts.Length == 3 && int.TryParse(parts[0], out var owner) && int.TryParse(parts[1], out var number) && !Directory.Exists($"/proc/{owner}"))
            {
                Quietly("ip", "netns", "del", space);
                Quietly("ip", "link", "del", Bridge(owner, number));
            }
        }
    }

    private static string Bridge(int owner, int number) => $"itwc{owner % 100_000}-{number % 100}";

    private static void Quietly(string program, params string[] arguments)
    {
        try
        {
            Command.Run(program, arguments);
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }
}
