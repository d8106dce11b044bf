using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Demonstration;

/// <summary>Whether and how the demonstration plant runs.</summary>
public sealed class DemonstrationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Demonstration";

    /// <summary>Whether this process runs the plant's machines. Only one of a cluster should: each start is a new epoch of the same machines.</summary>
    public bool Enabled { get; set; }

    /// <summary>The same seed gives the same values.</summary>
    [Range(0, int.MaxValue - 1_000)]
    public int Seed { get; set; } = 1;

    /// <summary>How fast faults develop: 1 raises the first alarm within a minute, 0 keeps every machine healthy. Time itself runs as the clock does.</summary>
    [Range(0.0, 100.0)]
    public double Speed { get; set; } = 1;

    /// <summary>How many batches of a machine wait while the broker is away; then the machine pauses.</summary>
    [Range(1, 100_000)]
    public int BacklogMax { get; set; } = 600;
}
