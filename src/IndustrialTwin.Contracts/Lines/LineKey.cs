using IndustrialTwin.Keys;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Lines;

/// <summary>The key of a production line: site and line, <c>wuhan/line-3</c>.</summary>
[GenerateSerializer, Immutable, Alias("itwin.line-key")]
public readonly record struct LineKey : ISpanParsable<LineKey>
{
    private const string Example = "wuhan/line-3";

    private LineKey(string value) => Value = value;

    /// <summary>The key as text, as it stands in topics, URLs and grain ids.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>The site that the line belongs to.</summary>
    public SiteKey Site => SiteKey.Parse(Value[..Value.IndexOf('/', StringComparison.Ordinal)]);

    /// <summary>The last segment.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">The text is no line key.</exception>
    public static LineKey Parse(string text) => new(KeyPath.Checked(text, 2, "line", Example));

    /// <inheritdoc/>
    public static LineKey Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static LineKey Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    /// <summary>Reads a key, answering false where the text is none.</summary>
    public static bool TryParse(string? text, out LineKey key) => TryParse(text, null, out key);

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out LineKey result)
    {
        var good = s is not null && KeyPath.Fault(s, 2) is null;
        result = good ? new LineKey(s!) : default;
        return good;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out LineKey result) =>
        TryParse(s.ToString(), provider, out result);
}
