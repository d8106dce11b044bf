using IndustrialTwin.Accelerators;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Grid;
using IndustrialTwin.Keys;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Twins;

/// <summary>Finds the twin that a key means. Made-up keys are told before they make a twin.</summary>
internal sealed class TwinFinder(GridConnection grid)
{
    /// <summary>Which sites and nodes there are.</summary>
    public Task<EnterpriseSnapshot> EnterpriseAsync(CancellationToken cancellationToken) =>
        grid.CallAsync(grid.Grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot(), "The enterprise", cancellationToken);

    /// <summary>The twin of a site, line, machine, node or accelerator. A site is preferred to a node of the same name.</summary>
    /// <exception cref="CommandFault">There is none; the message names those that there are.</exception>
    public async Task<TwinView> FindAsync(string key, CancellationToken cancellationToken)
    {
        var parts = key.Split('/');
        if (parts.Length > 3 || KeyPath.Fault(key, parts.Length) is not null)
        {
            throw new CommandFault(
                $"'{key}' is no key ({KeyPath.Fault(key, Math.Min(parts.Length, 3))}); expected a form like wuhan, wuhan/line-3, "
                + "wuhan/line-3/press-07, edge-wuhan-2 or edge-wuhan-2/cuda-0.",
                ExitCode.Refused);
        }

        var enterprise = await EnterpriseAsync(cancellationToken);
        if (Array.Exists(enterprise.Sites, site => site.Value == parts[0]))
        {
            return parts.Length switch
            {
                1 => Site(key),
                2 => await LineAsync(LineKey.Parse(key), cancellationToken),
                _ => await MachineAsync(MachineKey.Parse(key), cancellationToken),
            };
        }

        if (parts.Length < 3 && Array.Exists(enterprise.Nodes, node => node.Value == parts[0]))
        {
            return parts.Length == 1 ? Node(key) : await AcceleratorAsync(AcceleratorKey.Parse(key), cancellationToken);
        }

        throw Unknown(
            $"site{(parts.Length < 3 ? " or node" : string.Empty)} '{parts[0]}'",
            [.. enterprise.Sites.Select(site => site.Value), .. parts.Length < 3 ? enterprise.Nodes.Select(node => node.Value) : []]);
    }

    /// <summary>The machine with a key.</summary>
    /// <exception cref="CommandFault">There is none.</exception>
    public async Task<IMachineGrain> MachineGrainAsync(MachineKey machine, CancellationToken cancellationToken)
    {
        var line = grid.Grains.GetGrain<ILineGrain>((await KnownLineAsync(machine.Line, cancellationToken)).Value);
        var snapshot = await grid.CallAsync(line.GetSnapshot(), $"Line {machine.Line}", cancellationToken);
        var grain = grid.Grains.GetGrain<IMachineGrain>(machine.Value);
        // A retired machine's line knows it no longer, but its history stays.
        return Array.Exists(snapshot.Machines, known => known.Machine == machine)
            || (await grid.CallAsync(grain.GetSnapshot(), $"Machine {machine}", cancellationToken)).Revision is not null
            ? grain
            : throw Unknown($"machine '{machine}'", [.. snapshot.Machines.Select(known => known.Machine.Value)]);
    }

    private static CommandFault Unknown(string what, string[] known) => new(
        $"There is no {what}; there {(known.Length == 1 ? "is" : "are")} {(known.Length == 0 ? "none at all" : string.Join(", ", known))}.", ExitCode.Refused);

    private TwinView Site(string key)
    {
        var grain = grid.Grains.GetGrain<ISiteGrain>(key);
        return TwinView.Of(key, grain.GetSnapshot, grain.Watch);
    }

    private TwinView Node(string key) => TwinView.Of(key, grid.Grains.GetGrain<INodeGrain>(key).GetSnapshot);

    private async Task<TwinView> LineAsync(LineKey line, CancellationToken cancellationToken)
    {
        var grain = grid.Grains.GetGrain<ILineGrain>((await KnownLineAsync(line, cancellationToken)).Value);
        return TwinView.Of(line.Value, grain.GetSnapshot, grain.Watch);
    }

    private async Task<TwinView> MachineAsync(MachineKey machine, CancellationToken cancellationToken)
    {
        var grain = await MachineGrainAsync(machine, cancellationToken);
        return TwinView.Of(machine.Value, grain.GetSnapshot, grain.Watch);
    }

    private async Task<TwinView> AcceleratorAsync(AcceleratorKey accelerator, CancellationToken cancellationToken)
    {
        var node = await grid.CallAsync(grid.Grains.GetGrain<INodeGrain>(accelerator.Node.Value).GetSnapshot(), $"Node {accelerator.Node}", cancellationToken);
        return node.Accelerators.Contains(accelerator)
            ? TwinView.Of(accelerator.Value, grid.Grains.GetGrain<IAcceleratorGrain>(accelerator.Value).GetSnapshot)
            : throw Unknown($"accelerator '{accelerator}'", [.. node.Accelerators.Select(known => known.Value)]);
    }

    private async Task<LineKey> KnownLineAsync(LineKey line, CancellationToken cancellationToken)
    {
        var enterprise = await EnterpriseAsync(cancellationToken);
        if (!enterprise.Sites.Contains(line.Site))
        {
            throw Unknown($"site '{line.Site}'", [.. enterprise.Sites.Select(known => known.Value)]);
        }

        var site = await grid.CallAsync(grid.Grains.GetGrain<ISiteGrain>(line.Site.Value).GetSnapshot(), $"Site {line.Site}", cancellationToken);
        return Array.Exists(site.Lines, known => known.Line == line)
            ? line
            : throw Unknown($"line '{line}'", [.. site.Lines.Select(known => known.Line.Value)]);
    }
}
