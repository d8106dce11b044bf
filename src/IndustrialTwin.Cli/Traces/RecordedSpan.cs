namespace IndustrialTwin.Traces;

/// <summary>A span as it was exported.</summary>
/// <param name="TraceId">Its trace, hexadecimal.</param>
/// <param name="SpanId">Its id, hexadecimal.</param>
/// <param name="ParentId">Its parent's id, empty for a root.</param>
/// <param name="Name">Its name.</param>
/// <param name="StartNs">Its start, nanoseconds since 1970-01-01 UTC.</param>
/// <param name="EndNs">Its end.</param>
/// <param name="Tags">Its attributes.</param>
/// <param name="Events">What happened in it, and when.</param>
/// <param name="Links">Traces that it is linked to.</param>
/// <param name="Fault">What its status says where it is an error, else null.</param>
internal sealed record RecordedSpan(
    string TraceId, string SpanId, string ParentId, string Name, long StartNs, long EndNs,
    IReadOnlyDictionary<string, object> Tags, IReadOnlyList<(string Name, long Ns)> Events, IReadOnlyList<string> Links, string? Fault)
{
    /// <summary>How long it took, milliseconds.</summary>
    public double Ms => (EndNs - StartNs) / 1e6;

    /// <summary>An attribute that is a number, or null.</summary>
    public double? Number(string tag) => Tags.GetValueOrDefault(tag) switch
    {
        double number => number,
        long whole => whole,
        _ => null,
    };
}
