using System.Diagnostics;
using Xunit;

namespace IndustrialTwin.Integrity;

public sealed class ProgramFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-program-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_published_program_knows_each_file_that_was_changed_added_or_taken_away()
    {
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(Root, "silo", "IndustrialTwin.Silo"), "--configuration", Configuration, "--no-build", "--output", _folder.FullName]) { RedirectStandardOutput = true };
        using (var process = Process.Start(start)!)
        {
            var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, said);
        }

        var good = ProgramFiles.Read(_folder.FullName);
        Assert.True(good.Faults.Count == 0, good.Detail);
        Assert.InRange(good.Files, 80, 2_000);
        Assert.Equal(good, ProgramFiles.Read(_folder.FullName) with { Faults = good.Faults });

        var changed = Path.Combine(_folder.FullName, "IndustrialTwin.Security.dll");
        var bytes = await File.ReadAllBytesAsync(changed, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(changed, bytes, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "Extra.dll"), bytes, TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(_folder.FullName, "MQTTnet.dll"));
        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "appsettings.json"), " ", TestContext.Current.CancellationToken);
        var found = ProgramFiles.Read(_folder.FullName);
        Assert.Equal(["Extra.dll was added", "IndustrialTwin.Security.dll was changed", "MQTTnet.dll is missing"], found.Faults.Order());
        Assert.Contains("IndustrialTwin.Security.dll was changed", found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_was_built_here_says_so() => Assert.Contains("was built here", ProgramFiles.Read(_folder.FullName).Detail, StringComparison.Ordinal);

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "global.json")))
            {
                folder = folder.Parent!;
            }

            return folder.FullName;
        }
    }
}
