namespace IndustrialTwin.Controls;

/// <summary>Takes commands to machines out of the process.</summary>
public interface ICommandSink
{
    /// <summary>Hands a command over; answers whether somebody took it on: false where there is no way out now. Never throws for that.</summary>
    ValueTask<bool> SendAsync(MachineCommand command, CancellationToken cancellationToken);
}
