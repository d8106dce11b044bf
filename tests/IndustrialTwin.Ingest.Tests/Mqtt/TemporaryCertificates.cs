using IndustrialTwin.Certificates;

namespace IndustrialTwin.Mqtt;

/// <summary>A folder with certificates that goes with the test.</summary>
internal sealed class TemporaryCertificates : IDisposable
{
    public TemporaryCertificates(IssuedCertificate issued) => issued.Save(Path);

    public string Path { get; } = Directory.CreateTempSubdirectory("itwin-tls-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
