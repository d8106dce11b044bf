using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary>A benchmark of silos that it starts itself.</summary>
internal sealed class GridBenchCommand : BenchPartCommand
{
    private readonly Option<string?> _silo = SiloOption();
    private readonly Func<string, BenchReport, CancellationToken, Task> _measure;

    public GridBenchCommand(Terminal terminal, string name, string description, Func<string, BenchReport, CancellationToken, Task> measure)
        : base(terminal, name, description)
    {
        _measure = measure;
        Options.Add(_silo);
    }

    protected override void Check(ParseResult parsed) => BenchSilo.Find(parsed.GetValue(_silo));

    protected override Task MeasureAsync(ParseResult parsed, BenchReport report, CancellationToken cancellationToken) =>
        _measure(BenchSilo.Find(parsed.GetValue(_silo)), report, cancellationToken);
}
