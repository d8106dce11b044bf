using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary><c>itwin bench kernels</c>.</summary>
internal sealed class KernelBenchCommand(Terminal terminal) : BenchPartCommand(
    terminal, "kernels", "Native kernels on one processor against its roofline: the least of what it can compute and what its memory can bring.")
{
    protected override Task MeasureAsync(ParseResult parsed, BenchReport report, CancellationToken cancellationToken) =>
        KernelBench.MeasureAsync(report, cancellationToken);
}
