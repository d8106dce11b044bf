using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Certificates;

/// <summary>Where an authority of one's own is kept: <c>ca.crt</c> for everyone, <c>ca.key</c> for nobody.</summary>
internal sealed class AuthorityFolder
{
    private readonly Option<string> _folder = new("--folder")
    {
        Description = "Where certificates are kept; the authority is in its folder 'authority'.",
        HelpName = "folder",
        DefaultValueFactory = _ => "certificates",
    };

    public AuthorityFolder(Command command) => command.Options.Add(_folder);

    /// <summary>Where certificates are kept.</summary>
    public string Path(ParseResult parsed) => parsed.GetValue(_folder)!;

    /// <summary>Makes and keeps a new authority, never over another.</summary>
    /// <exception cref="CommandFault">There is one, or the folder cannot be written.</exception>
    public CertificateAuthority Create(ParseResult parsed, DateTimeOffset now, TimeSpan life)
    {
        var (certificate, key) = Files(parsed);
        if (File.Exists(certificate) || File.Exists(key))
        {
            throw new CommandFault(
                $"{System.IO.Path.GetDirectoryName(certificate)} holds an authority already, and every certificate that it issued would be worth nothing. "
                + "Issue more with 'itwin certificates issue', or name another --folder.",
                ExitCode.Refused);
        }

        var authority = CertificateAuthority.Create("IndustrialTwin authority", now, life);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(certificate)!);
            IssuedCertificate.WriteSecret(key, authority.KeyPem);
            File.WriteAllText(certificate, authority.CertificatePem + "\n");
            return authority;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            authority.Dispose();
            throw new CommandFault($"The authority cannot be kept in {System.IO.Path.GetDirectoryName(certificate)} ({fault.Message.TrimEnd('.')}).", ExitCode.Refused, fault);
        }
    }

    /// <summary>Reads the authority.</summary>
    /// <exception cref="CommandFault">There is none, or it cannot be used.</exception>
    public CertificateAuthority Open(ParseResult parsed)
    {
        var (certificate, key) = Files(parsed);
        try
        {
            return CertificateAuthority.Read(File.ReadAllText(certificate), File.ReadAllText(key));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CertificateException)
        {
            throw new CommandFault(
                $"No authority in {System.IO.Path.GetDirectoryName(certificate)}: {fault.Message.TrimEnd('.')}. 'itwin certificates init' makes one.", ExitCode.Refused, fault);
        }
    }

    /// <summary>Keeps what was issued.</summary>
    /// <exception cref="CommandFault">The folder cannot be written.</exception>
    public static void Save(IssuedCertificate issued, string folder)
    {
        try
        {
            issued.Save(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFault($"The certificate cannot be kept in {folder} ({fault.Message.TrimEnd('.')}).", ExitCode.Refused, fault);
        }
    }

    private (string Certificate, string Key) Files(ParseResult parsed)
    {
        var folder = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path(parsed), "authority"));
        return (System.IO.Path.Combine(folder, "ca.crt"), System.IO.Path.Combine(folder, "ca.key"));
    }
}
