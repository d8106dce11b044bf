using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>The image's recipe, as far as it can be judged without building it.</summary>
public class DockerfileTests
{
    private static readonly string[] Lines =
        [.. File.ReadAllLines(Path.Combine(SiloProcess.Root, "Dockerfile")).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    private static string[] Final => [.. Lines.SkipWhile(line => !line.EndsWith(" AS final", StringComparison.Ordinal))];

    [Fact]
    public void The_last_stage_is_chiselled_and_without_root_rights()
    {
        Assert.StartsWith("FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled ", Final[0], StringComparison.Ordinal);
        Assert.Equal("USER 1654:1654", Assert.Single(Lines, line => line.StartsWith("USER", StringComparison.Ordinal)));
        Assert.DoesNotContain(Final, line => line.StartsWith("RUN", StringComparison.Ordinal)); // It has no shell.
        Assert.Equal("""ENTRYPOINT ["dotnet", "IndustrialTwin.Silo.dll"]""", Final[^1]);
    }

    [Fact]
    public void Stages_are_pinned_and_nothing_secret_is_written()
    {
        Assert.All(Lines.Where(line => line.StartsWith("FROM", StringComparison.Ordinal)), line => Assert.Matches(@"^FROM mcr\.microsoft\.com/dotnet/\w+:10\.0-[\w-]+ AS \w+$", line));
        Assert.DoesNotContain(Lines, line => line.StartsWith("ARG", StringComparison.Ordinal) || line.StartsWith("ADD", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines, line => line.Contains("password", StringComparison.OrdinalIgnoreCase) || line.Contains("ConnectionString", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Every_project_that_the_silo_is_made_of_is_restored()
    {
        var copied = Lines.Where(line => line.Contains(".csproj", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1].TrimEnd('/')).ToHashSet();
        Assert.Equal(References("silo/IndustrialTwin.Silo").Order(), copied.Order());
    }

    private static HashSet<string> References(string project)
    {
        var found = new HashSet<string> { project };
        var folder = Path.Combine(SiloProcess.Root, project);
        foreach (var reference in System.Xml.Linq.XDocument.Load(Directory.GetFiles(folder, "*.csproj").Single()).Descendants("ProjectReference"))
        {
            var file = Path.GetFullPath(Path.Combine(folder, reference.Attribute("Include")!.Value.Replace('\\', '/')));
            found.UnionWith(References(Path.GetRelativePath(SiloProcess.Root, Path.GetDirectoryName(file)!).Replace('\\', '/')));
        }

        return found;
    }
}
