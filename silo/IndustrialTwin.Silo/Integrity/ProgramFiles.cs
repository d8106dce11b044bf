using System.Security.Cryptography;

namespace IndustrialTwin.Integrity;

/// <summary>
/// Whether the program's own files are those that were published: each is held against the list of hashes that publishing writes
/// beside them, <see cref="ListName"/>, in the form of <c>sha256sum</c>. Settings are the operator's and not in it.
/// </summary>
/// <param name="List">The SHA-256 of the list itself, lower-case hexadecimal, or null where there is none: the program was built here.</param>
/// <param name="Files">How many files are listed.</param>
/// <param name="Faults">What is not as it was published, as sentences' ends.</param>
internal sealed record ProgramFiles(string? List, int Files, IReadOnlyList<string> Faults)
{
    /// <summary>The list's name.</summary>
    public const string ListName = "program.sha256";

    private static readonly string[] Code = [".dll", ".so", ".exe", ".deps.json", ".runtimeconfig.json"];

    /// <summary>In a sentence.</summary>
    public string Detail => List is null ? $"There is no {ListName}: the program was built here and not published."
        : Faults.Count == 0 ? $"{Files} files are as they were published ({ListName} {List[..12]})."
        : $"The program is not as it was published: {string.Join("; ", Faults.Take(5))}{(Faults.Count > 5 ? $"; {Faults.Count - 5} more" : string.Empty)}.";

    /// <summary>Looks at a program's folder.</summary>
    public static ProgramFiles Read(string folder)
    {
        var list = Path.Combine(folder, ListName);
        if (!File.Exists(list))
        {
            return new ProgramFiles(null, 0, []);
        }

        var faults = new List<string>();
        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(list).Where(line => line.Length > 0))
        {
            if (line.Split("  ", 2) is [{ Length: 64 } hash, { Length: > 0 } name])
            {
                listed[name] = hash;
            }
            else
            {
                faults.Add($"'{line}' in {ListName} is no hash and name");
            }
        }

        foreach (var (name, hash) in listed)
        {
            if (HashOf(Path.Combine(folder, name)) is not { } found)
            {
                faults.Add($"{name} is missing");
            }
            else if (!found.Equals(hash, StringComparison.OrdinalIgnoreCase))
            {
                faults.Add($"{name} was changed");
            }
        }

        faults.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(name => Code.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) && !listed.ContainsKey(name))
            .Select(name => $"{name} was added"));
        return new ProgramFiles(HashOf(list), listed.Count, faults);
    }

    private static string? HashOf(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
