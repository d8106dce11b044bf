using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Real data beside the checkout, or where ITWIN_DATA says. Never committed; a test without it is skipped.</summary>
internal static class DataSets
{
    /// <summary>Path of a file of a data set.</summary>
    public static string Path(string dataSet, params string[] parts)
    {
        var root = Environment.GetEnvironmentVariable("ITWIN_DATA");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
        {
            var beside = System.IO.Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(beside))
                root = beside;
        }

        Assert.SkipWhen(root is null, $"Data set '{dataSet}': there is no ../shared/data and ITWIN_DATA is not set.");
        var path = System.IO.Path.Combine([root, dataSet, .. parts]);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"Data set '{dataSet}': {path} is absent.");
        return path;
    }
}
