using IndustrialTwin.Certification;

namespace IndustrialTwin.Drivers;

/// <summary>The sample driver, built beside the tests, at a socket of its own.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-driver-");

    public SampleProcess()
    {
        Options = new SocketOptions { Path = Path.Combine(_folder.FullName, "sample.sock"), CheckInterval = TimeSpan.FromMilliseconds(100) };
        Process = new DriverProcess(["dotnet", Built(), Options.Path], Options);
    }

    public SocketOptions Options { get; }

    public DriverProcess Process { get; }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Built()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (output.Name, output.Parent!.Name);
        var tests = output.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(tests, "IndustrialTwin.SampleDriver", "bin", configuration, framework, "IndustrialTwin.SampleDriver.dll");
    }
}
