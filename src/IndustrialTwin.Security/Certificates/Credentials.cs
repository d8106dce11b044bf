using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IndustrialTwin.Certificates;

/// <summary>A certificate with its key, and the authorities that others' certificates must come from, as they were in their files at one time.</summary>
public sealed class Credentials
{
    private Credentials(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authorities)
    {
        (Certificate, Authorities) = (certificate, authorities);
        Context = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }

    /// <summary>One's own certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The same with the certificates between it and the authority, as a handshake sends them.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>The authorities.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>Reads credentials from the text of their files.</summary>
    /// <param name="files">Their names, for messages.</param>
    /// <param name="certificatePem">The certificate and the ones above it.</param>
    /// <param name="keyPem">The private key.</param>
    /// <param name="authoritiesPem">The authorities.</param>
    /// <exception cref="CertificateException">A file holds something else, or the key is another certificate's.</exception>
    public static Credentials Read(CertificateFiles files, string certificatePem, string keyPem, string authoritiesPem)
    {
        ArgumentNullException.ThrowIfNull(files);
        var chain = ReadAll(files.Certificate, certificatePem);
        var authorities = ReadAll(files.Authorities, authoritiesPem);
        if (!authorities.Any(IsSelfSigned))
        {
            throw new CertificateException($"'{files.Authorities}' holds no authority that signed itself; expected the root of the certificates.");
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            if (OperatingSystem.IsWindows())
            {
                // Schannel takes no key that lives in memory only.
                using var inMemory = certificate;
                certificate = X509CertificateLoader.LoadPkcs12(inMemory.Export(X509ContentType.Pkcs12), null);
            }

            chain.RemoveAt(0);
            return new Credentials(certificate, chain, authorities);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"'{files.Key}' is not the private key of the certificate in '{files.Certificate}' ({fault.Message.TrimEnd('.')}).", fault);
        }
    }

    /// <summary>How others' certificates are judged: by these authorities alone, whatever the system trusts.</summary>
    public X509ChainPolicy Policy(X509RevocationMode revocation)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = revocation,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            DisableCertificateDownloads = true,
        };
        foreach (var authority in Authorities)
        {
            (IsSelfSigned(authority) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        }

        return policy;
    }

    private static bool IsSelfSigned(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static X509Certificate2Collection ReadAll(string file, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException fault)
        {
            throw new CertificateException($"'{file}' cannot be read as certificates ({fault.Message.TrimEnd('.')}); expected PEM.", fault);
        }

        return certificates.Count > 0 ? certificates : throw new CertificateException($"'{file}' holds no certificate; expected PEM.");
    }
}
