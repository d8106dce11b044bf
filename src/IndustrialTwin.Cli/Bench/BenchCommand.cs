using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Bench;

/// <summary><c>itwin bench</c>: measures a grid from outside, as its machines and users meet it.</summary>
internal sealed class BenchCommand : Command
{
    public BenchCommand(Terminal terminal)
        : base("bench", "Measures a grid from outside, as its machines and users meet it.") =>
        Subcommands.Add(new ControlBenchCommand(terminal));
}
