using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace IndustrialTwin.Certificates;

/// <summary>
/// What a certificate says about who holds it. Silos and the programs that call them are told apart by a DNS name among the
/// certificate's alternative names, <c>silo.&lt;cluster&gt;</c> or <c>client.&lt;cluster&gt;</c>; a device is named by its subject's
/// common name, which is the key of a machine, a line or a site.
/// </summary>
public static partial class CertificateNames
{
    private const string SiloPrefix = "silo.";
    private const string ClientPrefix = "client.";

    /// <summary>The name of a cluster's silos.</summary>
    public static string Silo(string clusterId) => SiloPrefix + clusterId;

    /// <summary>The name of programs that call a cluster's twins.</summary>
    public static string Client(string clusterId) => ClientPrefix + clusterId;

    /// <summary>Whether a cluster's id can stand in a DNS name.</summary>
    public static bool IsCluster(string clusterId) => Label().IsMatch(clusterId);

    /// <summary>Whether a certificate has a name, written out: wildcards name nobody.</summary>
    public static bool Has(X509Certificate2 certificate, string name) => Dns(certificate).Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether two certificates are for silos of one cluster.</summary>
    public static bool AreOneCluster(X509Certificate2 one, X509Certificate2 other) =>
        Dns(one).Any(name => name.StartsWith(SiloPrefix, StringComparison.OrdinalIgnoreCase) && Has(other, name));

    /// <summary>Whether a certificate is a silo's or a calling program's, of whatever cluster.</summary>
    public static bool IsProgram(X509Certificate2 certificate) => Dns(certificate).Any(name =>
        name.StartsWith(SiloPrefix, StringComparison.OrdinalIgnoreCase) || name.StartsWith(ClientPrefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>The subject's common name, or null where it has none or several.</summary>
    public static string? Common(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == "2.5.4.3")
            .Select(part => part.GetSingleElementValue())
            .ToList();
        return names is [{ Length: > 0 } name] ? name : null;
    }

    /// <summary>Why a certificate does not do, as the end of a sentence, or null where it does.</summary>
    /// <param name="certificate">The certificate that was shown.</param>
    /// <param name="chain">How it was judged.</param>
    /// <param name="errors">What was found. That it does not name the host is no matter here: <paramref name="names"/> are.</param>
    /// <param name="names">Names of which it must have one; any certificate of the authority does where there are none.</param>
    public static string? Fault(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, params ReadOnlySpan<string> names)
    {
        if (certificate is null || (errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0)
        {
            return "it shows no certificate";
        }

        var shown = certificate as X509Certificate2 ?? new X509Certificate2(certificate);
        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return ChainFault(shown, chain);
        }

        foreach (var name in names)
        {
            if (Has(shown, name))
            {
                return null;
            }
        }

        return names.Length == 0 ? null : $"its certificate '{shown.Subject}' is for {Named(shown)}; expected the name {string.Join(" or ", names!)}";
    }

    private static string ChainFault(X509Certificate2 shown, X509Chain? chain)
    {
        var status = chain is null ? X509ChainStatusFlags.PartialChain
            : chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, found) => all | found.Status);
        return status switch
        {
            _ when (status & X509ChainStatusFlags.Revoked) != 0 => $"its certificate '{shown.Subject}' was revoked",
            _ when (status & X509ChainStatusFlags.NotTimeValid) != 0 =>
                $"its certificate '{shown.Subject}', or one above it, is not valid now: it is valid from {shown.NotBefore.ToUniversalTime():u} to {shown.NotAfter.ToUniversalTime():u}",
            _ when (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != 0 =>
                $"its certificate '{shown.Subject}' comes from '{shown.Issuer}', which is no authority here",
            _ when (status & X509ChainStatusFlags.NotValidForUsage) != 0 => $"its certificate '{shown.Subject}' is for another use: its extended key usage does not allow this one",
            _ when (status & (X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation)) != 0 =>
                $"it cannot be found out whether its certificate '{shown.Subject}' was revoked",
            _ => $"its certificate '{shown.Subject}' is not good: {status}",
        };
    }

    private static IEnumerable<string> Dns(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames());
    }

    private static string Named(X509Certificate2 certificate) =>
        Dns(certificate).ToList() is { Count: > 0 } names ? $"the name {string.Join(", ", names.Take(8))}" : "no name";

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,3}$")]
    private static partial Regex Label();
}
