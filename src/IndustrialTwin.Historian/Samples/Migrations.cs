using System.Globalization;

namespace IndustrialTwin.Samples;

/// <summary>An engine's numbered scripts, forward only.</summary>
internal static class Migrations
{
    /// <summary>The scripts of an engine with a higher number than the one applied last, in order.</summary>
    public static IEnumerable<(int Number, string Script)> After(string engine, int applied)
    {
        var prefix = $"IndustrialTwin.Samples.{engine}.Migrations.";
        var assembly = typeof(Migrations).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => (Number: int.Parse(name.AsSpan(prefix.Length, 4), CultureInfo.InvariantCulture), Name: name))
            .Where(script => script.Number > applied)
            .OrderBy(script => script.Number)
            .Select(script => (script.Number, Read(assembly.GetManifestResourceStream(script.Name)!)));
    }

    private static string Read(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
