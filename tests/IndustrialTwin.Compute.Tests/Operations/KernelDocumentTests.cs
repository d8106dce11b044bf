using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary><c>docs/kernels.md</c> names every operation and quotes the example as it is.</summary>
public sealed partial class KernelDocumentTests
{
    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "IndustrialTwin.sln")))
                folder = folder.Parent;
            Assert.SkipWhen(folder is null, "The tests do not run in a checkout.");
            return folder.FullName;
        }
    }

    [Fact]
    public void The_catalogue_is_complete()
    {
        var document = File.ReadAllText(Path.Combine(Root, "docs", "kernels.md"));
        // A user's ONNX model is an operation too, but each has a name of its own and none is the assembly's.
        var operations = typeof(Operation).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(Operation)))
            .Select(type => type.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)).OfType<Operation>().ToArray();
        Assert.True(operations.Length >= 19);
        foreach (var operation in operations)
            Assert.Contains($"`{operation.Name}`", document, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_is_quoted_as_it_is()
    {
        var document = File.ReadAllText(Path.Combine(Root, "docs", "kernels.md")).ReplaceLineEndings("\n");
        var example = string.Concat(
            Directory.EnumerateFiles(Path.Combine(Root, "tests", "IndustrialTwin.OwnKernel"), "*.cs").Select(file => File.ReadAllText(file).ReplaceLineEndings("\n")));
        var blocks = Blocks().Matches(document[document.IndexOf("## Your own kernel", StringComparison.Ordinal)..]);
        Assert.True(blocks.Count >= 4);
        foreach (Match block in blocks)
            Assert.Contains(block.Groups[1].Value, example, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
