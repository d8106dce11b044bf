using IndustrialTwin.Controls;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Protocols;

/// <summary>
/// The machine's part that carries commands out. They reach it late, twice or not at all; it refuses what is not higher than the
/// highest it has seen, and thereby every command of an activation that is no longer the twin.
/// </summary>
internal sealed class Actuator(World world, SimulatedCluster cluster, MachineKey machine)
{
    private readonly Dictionary<long, long> _sent = [];
    private (long Fence, long Number) _highest;

    /// <summary>Every command that left a twin.</summary>
    public List<MachineCommand> Commands { get; } = [];

    public MachineKey Machine => machine;

    public void Sent(MachineCommand command)
    {
        Commands.Add(command);
        world.Note($"command {machine.Name} {command.Control} ({command.Fence}, {command.Number}) = {command.Value:0.###}");
        if (command.Fence < 1 || command.Fence > cluster.Database.RowsOf(machine).Fence)
        {
            world.Violate($"{machine}: a command carries fence {command.Fence}, which was never given out");
        }

        if (command.Number <= _sent.GetValueOrDefault(command.Fence))
        {
            world.Violate($"{machine}: command ({command.Fence}, {command.Number}) left after ({command.Fence}, {_sent[command.Fence]})");
        }

        _sent[command.Fence] = command.Number;
        if (cluster.Database.RowsOf(machine).KnownStale.TryGetValue(command.Fence, out var sinceUs) && world.NowUs - sinceUs > 2_000_000)
        {
            world.Violate($"{machine}: fence {command.Fence} commands {(world.NowUs - sinceUs) / 1000} ms after its activation was told that it is no longer the twin");
        }

        for (var copy = world.Chance(cluster.Hazards.MessageTwice) ? 2 : 1; copy > 0; copy--)
        {
            world.After(world.Between(100, world.Chance(cluster.Hazards.MessageLate) ? 5_000_000 : 5_000), () => Arrived(command));
        }
    }

    private void Arrived(MachineCommand command)
    {
        var order = (command.Fence, command.Number);
        var isRefused = order.CompareTo(_highest) <= 0;
        if (isRefused && cluster.Mutation != Mutation.MachineObeysAnyone)
        {
            return;
        }

        if (isRefused)
        {
            world.Violate($"{machine}: command {order} is carried out after {_highest}");
        }

        _highest = order;
    }
}
