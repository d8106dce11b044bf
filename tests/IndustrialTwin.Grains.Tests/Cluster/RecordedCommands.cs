using System.Collections.Concurrent;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Cluster;

/// <summary>Remembers what twins command.</summary>
internal sealed class RecordedCommands : ICommandSink
{
    private readonly ConcurrentQueue<MachineCommand> _sent = new();

    public IEnumerable<MachineCommand> To(MachineKey machine) => _sent.Where(command => command.Machine == machine);

    public ValueTask<bool> SendAsync(MachineCommand command, CancellationToken cancellationToken)
    {
        _sent.Enqueue(command);
        return ValueTask.FromResult(true);
    }
}
