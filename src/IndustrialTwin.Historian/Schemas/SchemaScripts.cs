using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace IndustrialTwin.Schemas;

/// <summary>One numbered script of a schema.</summary>
/// <param name="Number">Its place; a database remembers the highest that it has been given.</param>
/// <param name="Needs">The lowest number that a program must know to work on the schema after this script.</param>
/// <param name="Text">Its statements.</param>
public sealed record SchemaScript(int Number, int Needs, string Text);

/// <summary>
/// The numbered scripts of one part of a database, forward only: resources named <c>0001-what.sql</c>. A script that only adds says so
/// in its first line, <c>-- needs: 1</c>, and programs that know no more than that number go on working, as in a rolling upgrade. A
/// script without the line is for programs that know it.
/// </summary>
public sealed partial class SchemaScripts
{
    private readonly string _part;
    private readonly SchemaScript[] _scripts;

    /// <summary>Reads the scripts that an assembly holds under a prefix.</summary>
    /// <exception cref="InvalidOperationException">There are none, or their numbers have a gap.</exception>
    public SchemaScripts(string part, Assembly assembly, string prefix)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        _part = part;
        _scripts =
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => Script(int.Parse(name.AsSpan(prefix.Length, 4), CultureInfo.InvariantCulture), Read(assembly.GetManifestResourceStream(name)!)))
                .OrderBy(script => script.Number),
        ];
        if (_scripts.Length == 0 || _scripts.Index().Any(script => script.Item.Number != script.Index + 1))
        {
            throw new InvalidOperationException($"The scripts under {prefix} are numbered {string.Join(", ", _scripts.Select(script => script.Number))}; expected 1, 2, 3 and so on.");
        }
    }

    /// <summary>The part of the database, in words.</summary>
    public string Part => _part;

    /// <summary>The highest number that this program knows.</summary>
    public int Newest => _scripts[^1].Number;

    /// <summary>The scripts after the one applied last, in order.</summary>
    public IEnumerable<SchemaScript> After(int applied) => _scripts.SkipWhile(script => script.Number <= applied);

    /// <summary>Whether this program can work on a schema.</summary>
    /// <param name="applied">The newest script that the database was given.</param>
    /// <param name="needs">The lowest number that a program must know for it.</param>
    /// <exception cref="SchemaException">It cannot.</exception>
    public void Check(int applied, int needs)
    {
        if (needs > Newest)
        {
            throw new SchemaException(string.Create(
                CultureInfo.InvariantCulture,
                $"The schema of {_part} is at version {applied} and needs a program that knows version {needs}, but this one knows {Newest}: run the newer program, or restore the backup taken before it."));
        }
    }

    private static SchemaScript Script(int number, string text) =>
        new(number, NeedsLine().Match(text) is { Success: true } line ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : number, text);

    private static string Read(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\A-- needs: (\d+)")]
    private static partial Regex NeedsLine();
}
