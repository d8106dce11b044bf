using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Certificates;

/// <summary><c>itwin certificates show</c>: whether certificates can be used, whom they name and how long they last.</summary>
internal sealed class ShowCommand : Command
{
    public ShowCommand(Terminal terminal)
        : base("show", "Tells whom a folder's certificate names, how long it lasts and whom it trusts; refuses one that cannot be used.")
    {
        var folder = new Argument<string>("folder") { Description = "A folder with tls.crt, tls.key and ca.crt." };
        Arguments.Add(folder);
        SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var store = new CertificateStore(new CertificateOptions { Folder = parsed.GetValue(folder) });
                var certificate = store.Current.Certificate;
                var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                    .SelectMany(found => found.EnumerateDnsNames().Concat(found.EnumerateIPAddresses().Select(address => address.ToString())));
                await TextTable.WriteAsync(
                    terminal.Out,
                    ["what", "value"],
                    [
                        ["subject", certificate.Subject],
                        ["names", string.Join(' ', names)],
                        ["valid from", Time(certificate.NotBefore)],
                        ["valid until", Time(certificate.NotAfter)],
                        ["issued by", certificate.Issuer],
                        ["trusts", string.Join(", ", store.Current.Authorities.Select(authority => authority.Subject))],
                    ]);
                using var chain = new X509Chain { ChainPolicy = store.Policy };
                if (!chain.Build(certificate))
                {
                    throw new CommandFault(
                        $"It cannot be used: {string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())}.", ExitCode.Refused);
                }

                cancellationToken.ThrowIfCancellationRequested();
                return ExitCode.Done;
            }
            catch (CertificateException fault)
            {
                throw new CommandFault(fault.Message, ExitCode.Refused, fault);
            }
        });
    }

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}
