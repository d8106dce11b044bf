using IndustrialTwin.Keys;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Work;

/// <summary>The key of a work queue: site and kernel, <c>wuhan/power-spectrum.4096</c>.</summary>
[GenerateSerializer, Immutable, Alias("itwin.work-queue-key")]
public readonly record struct WorkQueueKey : ISpanParsable<WorkQueueKey>
{
    private const string Example = "wuhan/power-spectrum.4096";

    private WorkQueueKey(string value) => Value = value;

    /// <summary>The key as text, as it stands in topics, URLs and grain ids.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>The site whose twins ask.</summary>
    public SiteKey Site => SiteKey.Parse(Value[..Value.IndexOf('/', StringComparison.Ordinal)]);

    /// <summary>The kernel: an operation and the shape that requests must share to be launched together.</summary>
    public string Kernel => Value[(Value.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">The text is no work queue key.</exception>
    public static WorkQueueKey Parse(string text) => new(KeyPath.Checked(text, 2, "work queue", Example));

    /// <inheritdoc/>
    public static WorkQueueKey Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static WorkQueueKey Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s.ToString());

    /// <summary>Reads a key, answering false where the text is none.</summary>
    public static bool TryParse(string? text, out WorkQueueKey key) => TryParse(text, null, out key);

    /// <inheritdoc/>
    public static bool TryParse(string? s, IFormatProvider? provider, out WorkQueueKey result)
    {
        var good = s is not null && KeyPath.Fault(s, 2) is null;
        result = good ? new WorkQueueKey(s!) : default;
        return good;
    }

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out WorkQueueKey result) =>
        TryParse(s.ToString(), provider, out result);
}
