using IndustrialTwin.Keys;
using IndustrialTwin.Nodes;

namespace IndustrialTwin.Accelerators;

/// <summary>The key of an accelerator: node and device, <c>edge-wuhan-2/cuda-0</c>.</summary>
[GenerateSerializer, Immutable, Alias("itwin.accelerator-key")]
public readonly record struct AcceleratorKey : ISpanParsable<AcceleratorKey>
{
    private const string Example = "edge-wuhan-2/cuda-0";

    private AcceleratorKey(string value) => Value = value;

    /// <summary>The key as text, as it stands in topics, URLs and grain ids.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>The node that owns the device.</summary>
    public NodeKey Node => NodeKey.Parse(Value[..Value.IndexOf('/', StringComparison.Ordinal)]);

    /// <summary>The device on its node, such as <c>cuda-0</c>.</summary>
    public string Device => Value[(Value.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">The text is no accelerator key.</exception>
    public static AcceleratorKey Parse(string text) => new(KeyPath.Checked(text, 2, "accelerator", Example));

    /// <inheritdoc/>
    public static AcceleratorKey Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static AcceleratorKey Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    /// <summary>Reads a key, answering false where the text is none.</summary>
    public static bool TryParse(string? text, out AcceleratorKey key) => TryParse(text, null, out key);

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out AcceleratorKey result)
    {
        var good = s is not null && KeyPath.Fault(s, 2) is null;
        result = good ? new AcceleratorKey(s!) : default;
        return good;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out AcceleratorKey result) =>
        TryParse(s.ToString(), provider, out result);
}
