namespace IndustrialTwin.CommandLine;

/// <summary>What a command's exit code says. Scripts depend on the numbers: append, never renumber.</summary>
internal static class ExitCode
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>It was not done: the input is wrong, or the grid has no such thing, or said no.</summary>
    public const int Refused = 1;

    /// <summary>The command line itself could not be understood.</summary>
    public const int Usage = 2;

    /// <summary>A silo or a broker could not be reached, or did not answer in time.</summary>
    public const int Unreachable = 3;

    /// <summary>The grid asks who calls, and got no access key or token that counts.</summary>
    public const int SignIn = 4;

    /// <summary>Who signed in may not do that there.</summary>
    public const int Denied = 5;

    /// <summary>Ctrl+C, as shells count it.</summary>
    public const int Interrupted = 130;
}
