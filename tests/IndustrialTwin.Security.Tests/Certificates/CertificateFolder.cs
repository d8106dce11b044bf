using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace IndustrialTwin.Certificates;

/// <summary>A folder that changes as Kubernetes changes a mounted secret: the files are links through a link that is swapped.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-tls-");
    private int _version;

    public CertificateFolder(IssuedCertificate first)
    {
        Put(first);
        foreach (var name in (string[])["tls.crt", "tls.key", "ca.crt"])
        {
            File.CreateSymbolicLink(Path.Combine(_folder.FullName, name), Path.Combine("..data", name));
        }
    }

    public string Folder => _folder.FullName;

    public X509RevocationMode Revocation { get; init; } = X509RevocationMode.NoCheck;

    public CertificateOptions Options => new() { Folder = _folder.FullName, ReloadInterval = TimeSpan.FromHours(1), Revocation = Revocation };

    /// <summary>Swaps in other files, with one authority or several.</summary>
    public void Put(IssuedCertificate issued, params string[] moreAuthorities)
    {
        var version = $"..{++_version}";
        (issued with { AuthorityPem = string.Join('\n', (string[])[issued.AuthorityPem, .. moreAuthorities]) }).Save(Path.Combine(_folder.FullName, version));
        Swap(version);
    }

    /// <summary>Swaps in files with whatever text.</summary>
    public void Put(string certificate, string key, string authorities) => Put(new IssuedCertificate(certificate, key, authorities));

    public void Dispose() => _folder.Delete(recursive: true);

    private void Swap(string version)
    {
        var fresh = Path.Combine(_folder.FullName, "..data_tmp");
        File.CreateSymbolicLink(fresh, version);

        // The framework's own move takes a link to a folder for a folder, and replaces none.
        using var move = Process.Start("mv", ["-fT", fresh, Path.Combine(_folder.FullName, "..data")]);
        move.WaitForExit();
        Assert.Equal(0, move.ExitCode);
    }
}
