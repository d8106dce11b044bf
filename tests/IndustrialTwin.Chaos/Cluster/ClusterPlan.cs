namespace IndustrialTwin.Chaos;

/// <summary>What a cluster is made of.</summary>
internal sealed record ClusterPlan
{
    public int Silos { get; init; } = 3;

    /// <summary>The silo's program; this build's where null.</summary>
    public string? Program { get; init; }

    /// <summary>Whether a second database server follows the first; a commit then waits until both have it.</summary>
    public bool HasStandby { get; init; }

    public string[] DatabaseSettings { get; init; } = [];

    public string? DatabaseFolder { get; init; }

    /// <summary>Where the database keeps its write-ahead log, if not with its other files.</summary>
    public string? DatabaseLogFolder { get; init; }

    /// <summary>Settings of every silo.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
