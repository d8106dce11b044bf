namespace IndustrialTwin.Certificates;

/// <summary>A certificate that an authority issued.</summary>
/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">Its private key, which nobody else has.</param>
/// <param name="AuthorityPem">The authority's certificate.</param>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem, string AuthorityPem)
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c>; the key for its owner's eyes only.</summary>
    public void Save(string folder)
    {
        var files = CertificateFiles.In(folder);
        Directory.CreateDirectory(folder);
        WriteSecret(files.Key, KeyPem);
        File.WriteAllText(files.Certificate, CertificatePem + "\n");
        File.WriteAllText(files.Authorities, AuthorityPem + "\n");
    }

    /// <summary>Writes a file that only its owner may read, from its first moment on.</summary>
    public static void WriteSecret(string file, string text)
    {
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnersOnly;
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}
