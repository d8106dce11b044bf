using IndustrialTwin.Benchmarks;
using IndustrialTwin.Benchmarks.Actors;

// A line a group; an argument keeps those whose name contains it.
BenchmarkGroup[] groups =
[
    new("observe", ActorBenchmarks.RunAsync),
];

return await Table.PrintAsync([.. groups.Where(group => args.Length == 0 || args.Any(group.Name.Contains))], groups);
