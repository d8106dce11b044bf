using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace IndustrialTwin;

/// <summary>What the program is made of, besides its own code.</summary>
public class SupplyChainTests
{
    private const string Silo = "silo/IndustrialTwin.Silo/IndustrialTwin.Silo.csproj";

    [Fact]
    public void Known_weaknesses_of_packages_stop_the_build_of_ci()
    {
        var settings = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants().Where(element => element.Attribute("Condition") is null).ToLookup(element => element.Name.LocalName, element => element.Value);
        Assert.Equal(["true"], settings["NuGetAudit"]);
        Assert.Equal(["all"], settings["NuGetAuditMode"]);
        Assert.Equal(["low"], settings["NuGetAuditLevel"]);
        Assert.Equal(["true"], settings["TreatWarningsAsErrors"]);
        Assert.Equal("$(WarningsNotAsErrors);NU1900", Assert.Single(settings["WarningsNotAsErrors"])); // That nobody could be asked, as without a network.
        foreach (var file in Repository.Files(".csproj").Concat(Repository.Files(".props")).Concat(Repository.Files(".targets")).Append("Directory.Build.props"))
        {
            var text = Repository.Read(file);
            Assert.False(text.Contains("NU190", StringComparison.Ordinal) && file != "Directory.Build.props", file);
            Assert.False(text.Contains("NuGetAudit", StringComparison.Ordinal) && file != "Directory.Build.props", file);
        }
    }

    [Fact]
    public async Task The_bill_of_materials_names_every_package_of_the_silo_with_its_hash()
    {
        var folder = Directory.CreateTempSubdirectory("itwin-sbom-");
        try
        {
            await DotnetAsync("restore", Silo);
            await DotnetAsync("tool", "restore");
            await DotnetAsync("dotnet-CycloneDX", Silo, "--output", folder.FullName, "--output-format", "Json", "--disable-package-restore", "--recursive", "--exclude-dev");
            using var bill = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "bom.json"), TestContext.Current.CancellationToken));
            Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());
            var listed = bill.RootElement.GetProperty("components").EnumerateArray()
                .Where(component => component.TryGetProperty("hashes", out var hashes) && hashes.GetArrayLength() > 0)
                .Select(component => $"{component.GetProperty("name").GetString()}/{component.GetProperty("version").GetString()}").ToHashSet(StringComparer.OrdinalIgnoreCase);
            using var assets = JsonDocument.Parse(Repository.Read("silo/IndustrialTwin.Silo/obj/project.assets.json"));
            var shipped = assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
                .Where(package => package.Value.GetProperty("type").GetString() == "package" && package.Value.TryGetProperty("runtime", out var files) && files.EnumerateObject().Any(file => !file.Name.EndsWith("_._", StringComparison.Ordinal)))
                .Select(package => package.Name).ToList();
            Assert.True(shipped.Count > 50, $"{shipped.Count}");
            Assert.DoesNotContain(shipped, package => !listed.Contains(package));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Ci_writes_the_bill_of_materials() => Assert.Contains("dotnet-CycloneDX silo/IndustrialTwin.Silo", Repository.Read(".ci/run"), StringComparison.Ordinal);

    private static async Task DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {string.Concat(said)}");
    }
}
