using IndustrialTwin.Benchmarks;
using IndustrialTwin.Benchmarks.Actors;
using IndustrialTwin.Benchmarks.Grid;
using IndustrialTwin.Benchmarks.Ingest;
using IndustrialTwin.Benchmarks.Operations;
using IndustrialTwin.Benchmarks.Scale;
using IndustrialTwin.Benchmarks.SlowLoop;

switch (args)
{
    case ["scale", .. var rest]:
        return await ScaleCommand.RunAsync(rest);
    case ["scale-out", .. var rest]:
        return await ScaleOutCommand.RunAsync(rest);
    case ["slow-loop", .. var rest]:
        return await SlowLoopCommand.RunAsync(rest);
}

// A line a group; an argument keeps those whose name contains it.
BenchmarkGroup[] groups =
[
    new("observe", ActorBenchmarks.RunAsync),
    new("tls", EncryptedCalls.RunAsync),
    new("access", GuardedCalls.RunAsync),
    new("idle", IdleTwins.RunAsync),
    new("grid", GridBenchmarks.RunAsync),
    new("mqtt-sqlite", IngestBenchmarks.SqliteAsync),
    new("mqtt-postgres", IngestBenchmarks.PostgresAsync),
    new("operations", OperationBenchmarks.RunAsync),
    new("resident", ResidentBenchmarks.RunAsync),
    new("conformance", ConformanceRows.RunAsync),
];

return await Table.PrintAsync([.. groups.Where(group => args.Length == 0 || args.Any(group.Name.Contains))], groups);
