namespace IndustrialTwin.Yaml;

/// <summary>A piece of YAML with its place in the file.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>What it is, for an error.</summary>
    public abstract string Shown { get; }
}

internal sealed record YamlScalar(int Line, int Column, string Value, bool IsQuoted) : YamlNode(Line, Column)
{
    private const int ShownMax = 60;

    public override string Shown => Value.Length <= ShownMax ? $"'{Value}'" : $"'{Value[..ShownMax]}…'";

    public bool IsNull => !IsQuoted && Value is "" or "~" or "null";
}

internal sealed record YamlList(int Line, int Column, IReadOnlyList<YamlNode> Items) : YamlNode(Line, Column)
{
    public override string Shown => "a list";
}

internal sealed record YamlMap(int Line, int Column, IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries) : YamlNode(Line, Column)
{
    public override string Shown => "a mapping";
}
