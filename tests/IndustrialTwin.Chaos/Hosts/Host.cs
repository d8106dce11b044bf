using System.Diagnostics;
using System.Net;

namespace IndustrialTwin.Chaos;

/// <summary>A host of the cluster: an address, and a network namespace of its own where the machine lets us make one.</summary>
internal sealed class Host(string name, IPAddress address, string? space)
{
    private readonly List<string> _rules = [];

    public string Name { get; } = name;

    public IPAddress Address { get; } = address;

    /// <summary>The namespace's name, or null where hosts share the machine's network.</summary>
    public string? Space { get; } = space;

    /// <summary>What starts a program here rather than on the machine.</summary>
    public string[] Prefix => Space is null ? [] : ["ip", "netns", "exec", Space];

    /// <summary>Starts a program on the host.</summary>
    public HostProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string folder)
    {
        string[] line = [.. Prefix, program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = folder };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return new HostProcess(start);
    }

    /// <summary>Lets no packet from here reach another host, and none of its reach us, or only one way.</summary>
    public void Cut(Host other, bool outbound = true, bool inbound = true)
    {
        if (outbound)
        {
            _rules.Add($"add rule inet chaos out ip daddr {other.Address} drop");
        }

        if (inbound)
        {
            _rules.Add($"add rule inet chaos in ip saddr {other.Address} drop");
        }

        Apply();
    }

    /// <summary>Loses a share of the packets that come here.</summary>
    public void Lose(int percent)
    {
        _rules.Add($"add rule inet chaos in numgen random mod 100 < {percent} drop");
        Apply();
    }

    /// <summary>Undoes every cut.</summary>
    public void Heal()
    {
        if (_rules.Count > 0)
        {
            _rules.Clear();
            Apply();
        }
    }

    private void Apply()
    {
        if (Space is null)
        {
            throw new InvalidOperationException($"Host {Name} has no network namespace, so its network cannot be cut.");
        }

        Command.Run(
            "ip", ["netns", "exec", Space, "nft", "-f", "-"],
            $$"""
            table inet chaos
            delete table inet chaos
            table inet chaos {
                chain in { type filter hook input priority 0; }
                chain out { type filter hook output priority 0; }
            }
            {{string.Join('\n', _rules)}}

            """);
    }
}
