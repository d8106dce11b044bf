using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Machines;

/// <summary>Limits and times of machine twins.</summary>
public sealed class MachineOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Machines";

    /// <summary>Committed batches that a twin holds in memory for analysis; what is more it reads back from the log.</summary>
    [Range(1, 65_536)]
    public int PendingBatchesMax { get; set; } = 256;

    /// <summary>After so many log entries a twin stores a checkpoint.</summary>
    [Range(1, 1_000_000)]
    public int CheckpointEntries { get; set; } = 2_000;

    /// <summary>
    /// With fewer new entries a twin stores no checkpoint, neither in its time nor when it goes to sleep: reading them again costs less
    /// than a write of each of a plant's twins does.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CheckpointEntriesMin { get; set; } = 64;

    /// <summary>After so long a twin with enough new entries stores a checkpoint.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a twin tells its line of times that grow while nothing else changes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a twin waits for an accelerator's answer before it asks another.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ComputeTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a twin that goes to sleep or moves may finish what it is computing. Its callers wait meanwhile; what is cut off the next
    /// activation computes again.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
