namespace IndustrialTwin.Yaml;

/// <summary>Why text is no YAML that we read.</summary>
internal sealed class YamlFault(int line, int column, string found, string expected) : Exception
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
