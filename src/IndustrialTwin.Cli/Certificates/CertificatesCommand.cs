using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Certificates;

/// <summary><c>itwin certificates</c>: certificates for an edge without cert-manager.</summary>
internal sealed class CertificatesCommand : Command
{
    public CertificatesCommand(Terminal terminal)
        : base("certificates", "Makes and looks at the certificates that silos, clients and devices show each other.")
    {
        Subcommands.Add(new InitCommand(terminal));
        Subcommands.Add(new IssueCommand(terminal));
        Subcommands.Add(new ShowCommand(terminal));
    }
}
