using IndustrialTwin.Keys;

namespace IndustrialTwin.Nodes;

/// <summary>The key of a compute node: one segment, <c>edge-wuhan-2</c>.</summary>
[GenerateSerializer, Immutable, Alias("itwin.node-key")]
public readonly record struct NodeKey : ISpanParsable<NodeKey>
{
    private const string Example = "edge-wuhan-2";

    private NodeKey(string value) => Value = value;

    /// <summary>The key as text, as it stands in topics, URLs and grain ids.</summary>
    [Id(0)]
    public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">The text is no node key.</exception>
    public static NodeKey Parse(string text) => new(KeyPath.Checked(text, 1, "node", Example));

    /// <inheritdoc/>
    public static NodeKey Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static NodeKey Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    /// <summary>Reads a key, answering false where the text is none.</summary>
    public static bool TryParse(string? text, out NodeKey key) => TryParse(text, null, out key);

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out NodeKey result)
    {
        var good = s is not null && KeyPath.Fault(s, 1) is null;
        result = good ? new NodeKey(s!) : default;
        return good;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out NodeKey result) =>
        TryParse(s.ToString(), provider, out result);
}
