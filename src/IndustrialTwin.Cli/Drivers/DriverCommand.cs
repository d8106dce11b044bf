using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Drivers;

/// <summary><c>itwin driver</c>: what authors of drivers need.</summary>
internal sealed class DriverCommand : Command
{
    public DriverCommand(Terminal terminal)
        : base("driver", "Drivers of accelerators: their certification.") => Subcommands.Add(new CertifyCommand(terminal));
}
