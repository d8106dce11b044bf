using Xunit;

namespace IndustrialTwin.Replay;

/// <summary>Public data sets, which are not part of the repository: in the folder that ITWIN_DATA names, or in ../shared/data beside the checkout.</summary>
internal static class DataSets
{
    /// <summary>The folder of a data set; skips the test where it is not there.</summary>
    public static string Folder(string name)
    {
        var root = Environment.GetEnvironmentVariable("ITWIN_DATA") is { Length: > 0 } given ? given : Path.Combine(Repository(), "..", "shared", "data");
        var folder = Path.GetFullPath(Path.Combine(root, name));
        Assert.SkipUnless(Directory.Exists(folder), $"The data set '{name}' is not at {folder}; set ITWIN_DATA to the folder that holds it.");
        return folder;
    }

    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "global.json")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
