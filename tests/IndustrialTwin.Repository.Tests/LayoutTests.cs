using System.Text.RegularExpressions;
using Xunit;

namespace IndustrialTwin;

/// <summary>The rules of the house that matter enough to fail the build. <c>docs/style.md</c> says why each stands.</summary>
public partial class LayoutTests
{
    private const int LinesMax = 400;

    private static readonly string[] TopLevel = ["src", "grains", "silo", "tests", "k8s", "docs", ".ci", ".config", ".git", "data"];

    /// <summary>Who may reference whom. What is not listed may reference nothing of ours.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["IndustrialTwin.Contracts"] = [],
        ["IndustrialTwin.Compute"] = [],
        ["IndustrialTwin.Grid"] = [],
        ["IndustrialTwin.Security"] = ["IndustrialTwin.Contracts"],
        ["IndustrialTwin.Historian"] = ["IndustrialTwin.Contracts"],
        ["IndustrialTwin.Ingest"] = ["IndustrialTwin.Contracts", "IndustrialTwin.Security"],
        ["IndustrialTwin.Dashboard"] = ["IndustrialTwin.Contracts"],
        ["IndustrialTwin.PlantFile"] = ["IndustrialTwin.Contracts"],
        ["IndustrialTwin.Drivers"] = ["IndustrialTwin.Compute"],
        ["IndustrialTwin.Cli"] = ["IndustrialTwin.Contracts", "IndustrialTwin.PlantFile", "IndustrialTwin.Grid", "IndustrialTwin.Drivers", "IndustrialTwin.Security"],
        ["IndustrialTwin.Grains"] = ["IndustrialTwin.Contracts", "IndustrialTwin.Compute", "IndustrialTwin.Grid", "IndustrialTwin.Historian"],
        ["IndustrialTwin.Silo"] =
        [
            "IndustrialTwin.Contracts", "IndustrialTwin.Compute", "IndustrialTwin.Grid", "IndustrialTwin.Historian", "IndustrialTwin.Ingest",
            "IndustrialTwin.Dashboard", "IndustrialTwin.Drivers", "IndustrialTwin.PlantFile", "IndustrialTwin.Grains", "IndustrialTwin.Security",
        ],
    };

    private static IEnumerable<string> Code => Repository.Files(".cs", "src", "grains", "silo");

    [Fact]
    public void Dependencies_run_one_way()
    {
        var wrong =
            from project in Repository.Projects()
            where !project.File.StartsWith("tests/", StringComparison.Ordinal)
            from reference in Repository.ReferencesOf(project.Xml)
            where !Allowed.GetValueOrDefault(project.Name, []).Contains(reference)
            select $"{project.Name} references {reference}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_references_a_test_project_but_tests()
    {
        var tests = Repository.Projects().Where(project => project.File.StartsWith("tests/", StringComparison.Ordinal)).Select(project => project.Name).ToHashSet();
        var wrong = Repository.Projects()
            .Where(project => !tests.Contains(project.Name) && Repository.ReferencesOf(project.Xml).Overlaps(tests))
            .Select(project => project.Name);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("IndustrialTwin.sln").Replace('\\', '/');
        Assert.Empty(Repository.Projects().Where(project => !solution.Contains(project.File, StringComparison.Ordinal)).Select(project => project.File));
    }

    [Fact]
    public void Versions_stand_once()
    {
        var wrong =
            from project in Repository.Projects()
            from package in project.Xml.Descendants("PackageReference")
            where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null
            select $"{project.File}: {package.Attribute("Include")?.Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_top_level_is_fixed()
    {
        var folders = Directory.EnumerateDirectories(Repository.Root).Select(folder => Path.GetFileName(folder)!);
        Assert.DoesNotContain(
            folders.Except(TopLevel),
            folder => folder is not ("artifacts" or "TestResults" or ".vs" or ".idea" or ".vscode"));
    }

    [Fact]
    public void Files_stay_small()
    {
        var wrong = Code.Concat(Repository.Files(".cs", "tests")).Concat(Repository.Files(".js", "src")).Concat(Repository.Files(".css", "src"))
            .Select(file => (file, lines: Repository.Read(file).AsSpan().Count('\n')))
            .Where(found => found.lines > LinesMax)
            .Select(found => $"{found.file} has {found.lines} lines");
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_namespace_is_its_folder_or_the_noun_above()
    {
        var wrong =
            from file in Code
            let parts = file.Split('/')
            let folders = parts[2..^1]
            let match = Namespace().Match(Repository.Read(file))
            where match.Success
            let nouns = Enumerable.Range(Math.Min(1, folders.Length), folders.Length)
                .Select(depth => string.Join('.', folders.Take(depth).Prepend("IndustrialTwin")))
            where !nouns.Contains(match.Groups[1].Value) && folders.Length > 0
            select $"{file} is in {match.Groups[1].Value}, expected one of {string.Join(", ", nouns)}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        var wrong =
            from file in Code
            from name in file[..^3].Split('/', '.').Concat(Types().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value))
            where Vague().IsMatch(name)
            select $"{file}: {name}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void A_grain_is_internal_sealed_and_has_a_written_identity()
    {
        var wrong =
            from file in Repository.Files("Grain.cs", "grains")
            let text = Repository.Read(file)
            where !text.Contains("[GrainType(\"itwin.", StringComparison.Ordinal) || !SealedGrain().IsMatch(text)
            select file;
        Assert.Empty(wrong);
    }

    [Fact]
    public void What_crosses_a_wire_has_a_written_identity()
    {
        var wrong =
            from file in Code
            from match in Serialized().Matches(Repository.Read(file))
            where !match.Value.Contains("Alias(\"itwin.", StringComparison.Ordinal)
            select $"{file}: {match.Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_wire_identity_is_used_once()
    {
        var twice = Code.Concat(Repository.Files(".cs", "src/IndustrialTwin.Contracts")).Distinct()
            .SelectMany(file => TypeAlias().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value))
            .GroupBy(alias => alias).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.Empty(twice);
    }

    [Fact]
    public void Nothing_is_left_unfinished()
    {
        var wrong =
            from file in Code.Concat(Repository.Files(".js", "src"))
            from mark in Unfinished().Matches(Repository.Read(file))
            select $"{file}: {mark.Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_readme_has_exactly_two_set_up_and_go_commands()
    {
        var commands = ShellBlock().Matches(SetUp().Match(Repository.Read("README.md")).Value)
            .SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["dotnet run --project silo/IndustrialTwin.Silo", "dotnet test"], commands);
    }

    [Fact]
    public void Ci_runs_the_readme_s_test_command() => Assert.Contains("dotnet test", Repository.Read(".ci/run"), StringComparison.Ordinal);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+([A-Z]\w+)")]
    private static partial Regex Types();

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilities|Common|Services?|Misc)$")]
    private static partial Regex Vague();

    [GeneratedRegex(@"internal sealed (partial )?class \w+Grain\b")]
    private static partial Regex SealedGrain();

    [GeneratedRegex(@"^\[GenerateSerializer.*$", RegexOptions.Multiline)]
    private static partial Regex Serialized();

    [GeneratedRegex(@"^\[.*\bAlias\(""(itwin\.[\w.-]+)""\)", RegexOptions.Multiline)]
    private static partial Regex TypeAlias();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^## Set up and go$.*?(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex SetUp();

    [GeneratedRegex(@"```(?:sh|bash)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
