using IndustrialTwin.Keys;

namespace IndustrialTwin.Sites;

/// <summary>The key of a site: one segment, <c>wuhan</c>.</summary>
[GenerateSerializer, Immutable, Alias("itwin.site-key")]
public readonly record struct SiteKey : ISpanParsable<SiteKey>
{
    private const string Example = "wuhan";

    private SiteKey(string value) => Value = value;

    /// <summary>The key as text, as it stands in topics, URLs and grain ids.</summary>
    [Id(0)]
    public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">The text is no site key.</exception>
    public static SiteKey Parse(string text) => new(KeyPath.Checked(text, 1, "site", Example));

    /// <inheritdoc/>
    public static SiteKey Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static SiteKey Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    /// <summary>Reads a key, answering false where the text is none.</summary>
    public static bool TryParse(string? text, out SiteKey key) => TryParse(text, null, out key);

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out SiteKey result)
    {
        var good = s is not null && KeyPath.Fault(s, 1) is null;
        result = good ? new SiteKey(s!) : default;
        return good;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out SiteKey result) =>
        TryParse(s.ToString(), provider, out result);
}
