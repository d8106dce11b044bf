using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Certificates;

/// <summary>The option of every command that reaches a silo or a broker: which certificate the command line shows, and whom it trusts.</summary>
internal static class CertificatesOption
{
    /// <summary>Where the folder stands if the command line does not name it.</summary>
    public const string Variable = "ITWIN_CERTIFICATES";

    /// <summary>The option, which holds for all commands.</summary>
    public static Option<string?> Option { get; } = new("--certificates")
    {
        Description = $"A folder with tls.crt, tls.key and ca.crt for silos and brokers that speak TLS; the environment's {Variable} where it is not given.",
        HelpName = "folder",
        Recursive = true,
    };

    /// <summary>The certificates that the command line or the environment names, or null.</summary>
    /// <exception cref="CommandFault">They cannot be used.</exception>
    public static CertificateStore? Open(ParseResult parsed)
    {
        if ((parsed.GetValue(Option) ?? Environment.GetEnvironmentVariable(Variable)) is not { Length: > 0 } folder)
        {
            return null;
        }

        try
        {
            return new CertificateStore(new CertificateOptions { Folder = folder });
        }
        catch (CertificateException fault)
        {
            throw new CommandFault($"--certificates {folder}: {fault.Message}", ExitCode.Refused, fault);
        }
    }
}
