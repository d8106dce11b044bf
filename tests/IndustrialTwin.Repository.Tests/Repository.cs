using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace IndustrialTwin;

/// <summary>The checkout as files.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "artifacts", "TestResults", "data", ".git", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every source file below the given top-level folders, as paths relative to the root with '/'.</summary>
    public static IEnumerable<string> Files(string extension, params string[] folders) =>
        (folders.Length == 0 ? [Root] : folders.Select(folder => Path.Combine(Root, folder)))
        .Where(Directory.Exists)
        .SelectMany(Walk)
        .Where(file => file.EndsWith(extension, StringComparison.Ordinal))
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static IEnumerable<(string Name, string File, XDocument Xml)> Projects() =>
        Files(".csproj").Select(file => (Path.GetFileNameWithoutExtension(file), file, XDocument.Load(Path.Combine(Root, file))));

    public static IReadOnlySet<string> ReferencesOf(XDocument project) => project.Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
        .ToHashSet();

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(child => !Built.Contains(Path.GetFileName(child))).SelectMany(Walk));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = new FileInfo(here).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "global.json")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {here} holds global.json.");
    }
}
