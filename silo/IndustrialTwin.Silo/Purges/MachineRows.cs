namespace IndustrialTwin.Purges;

/// <summary>Rows of a table that are a machine's, in an order that an index has, so that they can be taken out a few at a time.</summary>
/// <param name="Table">The table; its rows have a <c>position</c>.</param>
/// <param name="Owner">The column that says whose they are.</param>
/// <param name="Order">The column that they are in order of, whole numbers.</param>
/// <param name="Counted">Two expressions of a row: what kind it is of, and how many samples it holds.</param>
internal sealed record MachineRows(string Table, string Owner, string Order, string Counted)
{
    /// <summary>Batches and events.</summary>
    public static MachineRows Entries { get; } = new("entry", "machine", "position", "kind, samples");

    /// <summary>Computed points; they are a feature's, which is a machine's.</summary>
    public static MachineRows Blocks { get; } = new("block", "feature", "first_us", "0, 0");

    /// <summary>What could not be used; it is a machine's by the key.</summary>
    public static MachineRows Quarantine { get; } = new("quarantine", "machine", "position", "0, samples");

    /// <summary>Every table that holds anything of a machine. A test holds the schemas against it: a new table is put here, or shown to hold nothing.</summary>
    public static IReadOnlyList<string> Tables { get; } =
        [Entries.Table, "feature", Blocks.Table, Quarantine.Table, "machine", "total", "orleansstorage", "orleansreminderstable"];

    /// <summary>Takes some out.</summary>
    public string Delete { get; } = $"""
        DELETE FROM {Table} WHERE position IN (
            SELECT position FROM {Table} WHERE {Owner} = @p0 AND {Order} >= @p1 ORDER BY {Order} LIMIT @p2)
        RETURNING {Order}, {Counted}
        """;
}
