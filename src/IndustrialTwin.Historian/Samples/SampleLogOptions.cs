using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Samples;

/// <summary>The engines that carry a sample log.</summary>
public enum SampleLogEngine
{
    /// <summary>One file.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, 15 or later.</summary>
    Postgres,
}

/// <summary>Where the log is, and how much may wait for it.</summary>
public sealed class SampleLogOptions : IValidatableObject
{
    /// <summary>The engine.</summary>
    public SampleLogEngine Engine { get; set; } = SampleLogEngine.Sqlite;

    /// <summary>The SQLite file; its folder is made where it is missing.</summary>
    public string SqlitePath { get; set; } = "data/industrialtwin.db";

    /// <summary>
    /// How large the SQLite file may become. At the limit writes are refused until there is room again, so that a small computer's
    /// disk is not filled to the last byte.
    /// </summary>
    [Range(1L << 20, 1L << 43)]
    public long SqliteBytesMax { get; set; } = 1L << 43;

    /// <summary>The PostgreSQL connection string.</summary>
    public string ConnectionString { get; set; } = string.Empty;

    /// <summary>Writes that may wait for their commit.</summary>
    [Range(1, 10_000_000)]
    public int QueueEntriesMax { get; set; } = 65_536;

    /// <summary>Bytes of writes that may wait for their commit.</summary>
    [Range(1_024, 1L << 40)]
    public long QueueBytesMax { get; set; } = 256L << 20;

    /// <summary>Writes in one transaction.</summary>
    [Range(1, 100_000)]
    public int GroupEntriesMax { get; set; } = 1_024;

    /// <summary>How long a transaction may take before it is given up and its writes are refused.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan CommitTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Engine == SampleLogEngine.Sqlite && string.IsNullOrWhiteSpace(SqlitePath))
        {
            yield return new ValidationResult("SqlitePath is empty; expected a file.", [nameof(SqlitePath)]);
        }

        if (Engine == SampleLogEngine.Postgres && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult("ConnectionString is empty; expected one, as the engine is Postgres.", [nameof(ConnectionString)]);
        }
    }
}
