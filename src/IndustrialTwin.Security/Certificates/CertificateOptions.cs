using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;

namespace IndustrialTwin.Certificates;

/// <summary>Which certificates a process has.</summary>
public sealed class CertificateOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Certificates";

    /// <summary>A folder with <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c>, such as a mounted secret.</summary>
    public string? Folder { get; set; }

    /// <summary>The certificate's PEM file, where it is not in <see cref="Folder"/>.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The PEM file of the certificate's private key, where it is not in <see cref="Folder"/>.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The authorities' PEM file, where it is not in <see cref="Folder"/>.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>Whether it is asked if others' certificates were revoked: not, with lists known here, or where the certificates say.</summary>
    [EnumDataType(typeof(X509RevocationMode))]
    public X509RevocationMode Revocation { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>How often the files are looked at again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long before its end a certificate that nobody has renewed is warned of.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan WarnBeforeEnd { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The files, or null where none are set.</summary>
    public CertificateFiles? Files
    {
        get
        {
            var inFolder = string.IsNullOrEmpty(Folder) ? null : CertificateFiles.In(Folder);
            return (CertificateFile ?? inFolder?.Certificate, KeyFile ?? inFolder?.Key, AuthorityFile ?? inFolder?.Authorities) is
                ({ Length: > 0 } certificate, { Length: > 0 } key, { Length: > 0 } authorities)
                ? new CertificateFiles(certificate, key, authorities)
                : null;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Files is null && (Folder ?? CertificateFile ?? KeyFile ?? AuthorityFile) is { Length: > 0 })
        {
            yield return new ValidationResult(
                $"{Section} names some files but not all: expected {nameof(Folder)}, or each of {nameof(CertificateFile)}, {nameof(KeyFile)} and {nameof(AuthorityFile)}.",
                [nameof(Folder)]);
        }
    }
}
