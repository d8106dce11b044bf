namespace IndustrialTwin.Certificates;

/// <summary>Where one's own certificate is, and the authorities that others' must come from. All are PEM files.</summary>
/// <param name="Certificate">One's own certificate, and after it the ones between it and the authority.</param>
/// <param name="Key">Its private key, not encrypted.</param>
/// <param name="Authorities">One authority or several: while one is replaced by another, both.</param>
public sealed record CertificateFiles(string Certificate, string Key, string Authorities)
{
    /// <summary>The names that cert-manager and Kubernetes' secrets of type <c>kubernetes.io/tls</c> give them.</summary>
    public static CertificateFiles In(string folder) =>
        new(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"), Path.Combine(folder, "ca.crt"));
}
