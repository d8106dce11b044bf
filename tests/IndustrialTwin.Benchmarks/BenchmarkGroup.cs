namespace IndustrialTwin.Benchmarks;

/// <summary>Benchmarks that share what they set up.</summary>
/// <param name="Name">What a filter names it by.</param>
/// <param name="RunAsync">Runs them and answers their lines of the table. Says by an exception why it cannot run here.</param>
internal sealed record BenchmarkGroup(string Name, Func<Task<IReadOnlyList<Row>>> RunAsync);

/// <summary>Something that a group needs is not on this machine.</summary>
internal sealed class NotHereException(string what) : Exception(what);
