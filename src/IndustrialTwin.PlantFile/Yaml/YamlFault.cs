namespace IndustrialTwin.Yaml;

/// <summary>Why text is no YAML that we read.</summary>
internal sealed class YamlFault(int line, int column, string path, string found, string expected) : Exception
{
    /// <summary>Where it is among the values, or the last place before it.</summary>
    public string Path { get; } = path;

    public int Line { get; } = line;

    public int Column { get; } = column;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
