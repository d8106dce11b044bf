using System.Text.RegularExpressions;
using Xunit;

namespace IndustrialTwin;

/// <summary>The tables of security requirements claim nothing that no test holds.</summary>
public partial class RequirementsTests
{
    private static string[][] Rows => [.. Repository.Read("docs/security/requirements.md").Split('\n')
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| requirement |", StringComparison.Ordinal))
        .Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    [Fact]
    public void No_cell_is_empty_and_no_requirement_stands_twice()
    {
        Assert.True(Rows.Length > 100);
        Assert.DoesNotContain(Rows, row => row.Length != 4 || row.Any(string.IsNullOrWhiteSpace));
        Assert.DoesNotContain(Rows.GroupBy(row => row[0]), group => group.Count() > 1);
    }

    [Fact]
    public void Every_requirement_has_a_test_or_a_reason()
    {
        var tests = Repository.Files(".cs", "tests").Select(Repository.Read)
            .SelectMany(text => Classes().Matches(text).SelectMany(type => Methods().Matches(text).Select(method => $"{type.Groups[1].Value}.{method.Groups[1].Value}")))
            .ToHashSet();
        Assert.DoesNotContain(Rows, row => !(Named().Match(row[3]) is { Success: true } named ? tests.Contains(named.Groups[1].Value) : Reason().IsMatch(row[3])));
    }

    [GeneratedRegex(@"\bclass (\w+Tests)\b")]
    private static partial Regex Classes();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^\]]*\](?:\s*\[[^\n]*\])*\s*public (?:async )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex Methods();

    [GeneratedRegex(@"^`(\w+\.\w+)`$")]
    private static partial Regex Named();

    [GeneratedRegex(@"^not (?:met|applicable): .{15,}$")]
    private static partial Regex Reason();
}
