namespace IndustrialTwin.Controls;

/// <summary>Where no way out to machines is set up: every command is a miss, and counted as one.</summary>
internal sealed class NoCommandSink : ICommandSink
{
    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(MachineCommand command, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}
