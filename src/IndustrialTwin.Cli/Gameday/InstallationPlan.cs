namespace IndustrialTwin.Gameday;

/// <summary>How an installation is to be.</summary>
internal sealed record InstallationPlan
{
    /// <summary>Whether every port speaks TLS and everybody signs in.</summary>
    public bool IsSecured { get; init; } = true;

    /// <summary>Settings of the silo beyond the installation's own, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>A program, with its arguments, that the silo is started by.</summary>
    public string[] Wrapper { get; init; } = [];

    /// <summary>Made ready before anything is written there: the folder of the silo's databases.</summary>
    public Func<string, Task> Prepare { get; init; } = _ => Task.CompletedTask;
}
