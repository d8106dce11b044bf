namespace IndustrialTwin.CommandLine;

/// <summary>A command cannot go on. The message is for the person: what happened, where, and what to do.</summary>
internal sealed class CommandFault(string message, int exitCode, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>One of <see cref="CommandLine.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
