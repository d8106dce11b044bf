using IndustrialTwin.Keys;
using IndustrialTwin.Lines;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Machines;

/// <summary>The key of a machine: site, line and machine, <c>wuhan/line-3/press-07</c>.</summary>
[GenerateSerializer, Immutable, Alias("itwin.machine-key")]
public readonly record struct MachineKey : ISpanParsable<MachineKey>
{
    private const string Example = "wuhan/line-3/press-07";

    private MachineKey(string value) => Value = value;

    /// <summary>The key as text, as it stands in topics, URLs and grain ids.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>The site that the machine stands on.</summary>
    public SiteKey Site => SiteKey.Parse(Value[..Value.IndexOf('/', StringComparison.Ordinal)]);

    /// <summary>The line that the machine belongs to.</summary>
    public LineKey Line => LineKey.Parse(Value[..Value.LastIndexOf('/')]);

    /// <summary>The last segment.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">The text is no machine key.</exception>
    public static MachineKey Parse(string text) => new(KeyPath.Checked(text, 3, "machine", Example));

    /// <inheritdoc/>
    public static MachineKey Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static MachineKey Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    /// <summary>Reads a key, answering false where the text is none.</summary>
    public static bool TryParse(string? text, out MachineKey key) => TryParse(text, null, out key);

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out MachineKey result)
    {
        var good = s is not null && KeyPath.Fault(s, 3) is null;
        result = good ? new MachineKey(s!) : default;
        return good;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out MachineKey result) =>
        TryParse(s.ToString(), provider, out result);
}
