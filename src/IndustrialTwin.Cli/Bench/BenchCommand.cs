using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary><c>itwin bench</c>: what a grid does on this machine, against what it should.</summary>
internal sealed class BenchCommand : Command
{
    public BenchCommand(Terminal terminal)
        : base("bench", "Measures what a grid does on this machine against what it should. Needs no grid: it starts its own silos.")
    {
        Subcommands.Add(new KernelBenchCommand(terminal));
        Subcommands.Add(new GridBenchCommand(
            terminal, "batching", "What launching requests together gains over one launch a request, at equal p95: on a device, and through a silo.",
            async (silo, report, cancellationToken) =>
            {
                await BatchingBench.MeasureAsync(report, cancellationToken);
                await new GridBench(silo).BatchingAsync(report, cancellationToken);
            }));
        Subcommands.Add(new GridBenchCommand(
            terminal, "overhead", "What the grid costs a request: processor time and messages, of a silo that clients ask.",
            (silo, report, cancellationToken) => new GridBench(silo).OverheadAsync(report, cancellationToken)));
        Subcommands.Add(new GridBenchCommand(
            terminal, "costs", "How far launches are from what the cost model predicted, kernel by kernel.",
            async (silo, report, cancellationToken) =>
            {
                await CostBench.MeasureAsync(report, cancellationToken);
                await new GridBench(silo).CostsAsync(report, cancellationToken);
            }));
        Subcommands.Add(new ControlBenchCommand(terminal, isAll: false));
        Subcommands.Add(new ControlBenchCommand(terminal, isAll: true));
    }
}
