using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace IndustrialTwin.Hosting;

/// <summary>The databases that keep twins and samples.</summary>
public enum StorageEngine
{
    /// <summary>One file, for one node.</summary>
    Sqlite,

    /// <summary>A server, for a cluster. It carries the silos' membership and reminders too.</summary>
    Postgres,
}

/// <summary>Where twins and samples are kept.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Storage";

    private const int PoolConnections = 8;

    /// <summary>The engine.</summary>
    public StorageEngine Engine { get; set; } = StorageEngine.Sqlite;

    /// <summary>The SQLite file; its folder is made where it is missing.</summary>
    public string Path { get; set; } = "data/industrialtwin.db";

    /// <summary>The PostgreSQL connection string. It holds a secret: give it by environment or mounted file, not in a committed one.</summary>
    public string ConnectionString { get; set; } = string.Empty;

    /// <summary>What the PostgreSQL database may take, bytes, so that it can be told how much is left; null where nobody says.</summary>
    [Range(1L, long.MaxValue)]
    public long? DatabaseBytesMax { get; set; }

    /// <summary>Where fewer bytes are left for the audit log the silo warns.</summary>
    [Range(0L, long.MaxValue)]
    public long AuditRoomMin { get; set; } = 1L << 30;

    /// <summary>
    /// Bounds this silo's connections where the string does not: log and twins have a pool each, and a server takes 100 connections as it
    /// comes. The driver's own bound of 100 a pool has the second silo that is busy find none left.
    /// </summary>
    public void LimitPool()
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString);
        if (Engine == StorageEngine.Postgres && !connection.ShouldSerialize("Maximum Pool Size"))
        {
            connection.MaxPoolSize = PoolConnections;
            ConnectionString = connection.ToString();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Engine == StorageEngine.Sqlite && string.IsNullOrWhiteSpace(Path))
        {
            yield return new ValidationResult("Storage:Path is empty; expected a file such as data/industrialtwin.db.", [nameof(Path)]);
        }

        if (Engine == StorageEngine.Postgres && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult(
                "Storage:ConnectionString is empty; expected a PostgreSQL connection string, as Storage:Engine is Postgres.", [nameof(ConnectionString)]);
        }
    }
}
