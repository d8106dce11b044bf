using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IndustrialTwin.Certificates;

/// <summary>
/// A small authority of one's own, for an edge without cert-manager and for tests. Keys are on the curve P-256, serial numbers are
/// random (RFC 5280, 4.1.2.2), and what it issues can issue nothing itself.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;

    private CertificateAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>The authority's certificate, PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>The authority's private key, PEM. Who has it can make anybody's certificate.</summary>
    public string KeyPem => Pem(_certificate.GetECDsaPrivateKey()!);

    /// <summary>Makes a new authority.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="now">From when it is valid.</param>
    /// <param name="life">How long.</param>
    public static CertificateAuthority Create(string name, DateTimeOffset now, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return new CertificateAuthority(request.CreateSelfSigned(now - ClockSkew, now + life));
    }

    /// <summary>Reads an authority from its PEM files' text.</summary>
    /// <exception cref="CertificateException">It is none, or the key is another's.</exception>
    public static CertificateAuthority Read(string certificatePem, string keyPem)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            return certificate.GetECDsaPrivateKey() is not null
                && certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority)
                ? new CertificateAuthority(certificate)
                : throw new CertificateException($"'{certificate.Subject}' is no authority that this program made; expected one with a key on an elliptic curve.");
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"The authority cannot be read ({fault.Message.TrimEnd('.')}); expected its certificate and its private key as PEM.", fault);
        }
    }

    /// <summary>Issues the certificate of a silo: it serves and calls, under its cluster's silo name and the host's.</summary>
    /// <param name="clusterId">The cluster's id.</param>
    /// <param name="hosts">Names and addresses under which people, machines and programs reach it.</param>
    /// <param name="now">From when it is valid.</param>
    /// <param name="life">How long, at most as long as the authority.</param>
    public IssuedCertificate Silo(string clusterId, IEnumerable<string> hosts, DateTimeOffset now, TimeSpan life) =>
        Issue(CertificateNames.Silo(clusterId), [CertificateNames.Silo(clusterId), .. hosts], [ServerUse, ClientUse], now, life);

    /// <summary>Issues the certificate of a program that calls twins, such as the command line.</summary>
    public IssuedCertificate Client(string clusterId, string name, DateTimeOffset now, TimeSpan life) =>
        Issue(name, [CertificateNames.Client(clusterId)], [ClientUse], now, life);

    /// <summary>Issues the certificate of an MQTT client that speaks for a machine, a line or a site.</summary>
    /// <param name="key">The key that it is bound to, such as <c>wuhan/line-3/press-07</c>.</param>
    /// <param name="now">From when it is valid.</param>
    /// <param name="life">How long.</param>
    public IssuedCertificate Device(string key, DateTimeOffset now, TimeSpan life) => Issue(key, [], [ClientUse], now, life);

    /// <summary>Issues the certificate of a server that is no silo, such as a broker or a database.</summary>
    public IssuedCertificate Server(IReadOnlyList<string> hosts, DateTimeOffset now, TimeSpan life)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        return Issue(hosts[0], hosts, [ServerUse], now, life);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private IssuedCertificate Issue(string name, IEnumerable<string> hosts, string[] uses, DateTimeOffset now, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. uses.Select(use => new Oid(use))], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        var names = new SubjectAlternativeNameBuilder();
        var count = 0;
        foreach (var host in hosts.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            count++;
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        if (count > 0)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        var (begin, end) = (now - ClockSkew, now + life);
        var last = new DateTimeOffset(_certificate.NotAfter);
        var first = new DateTimeOffset(_certificate.NotBefore);
        using var issued = request.Create(_certificate, begin < first ? first : begin, end < last ? end : last, RandomNumberGenerator.GetBytes(16));
        return new IssuedCertificate(issued.ExportCertificatePem(), Pem(key), CertificatePem);
    }

    private static X500DistinguishedName Subject(string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        return subject.Build();
    }

    private static string Pem(ECDsa key) => string.Create(CultureInfo.InvariantCulture, $"{key.ExportPkcs8PrivateKeyPem()}\n");
}
