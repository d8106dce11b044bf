namespace IndustrialTwin.Traces;

/// <summary>One trace: what belongs to it, in the order of time.</summary>
internal sealed class RecordedTrace(string id, IEnumerable<RecordedSpan> spans)
{
    private readonly RecordedSpan[] _spans = [.. spans.OrderBy(span => span.StartNs).ThenByDescending(span => span.EndNs)];
    private Decision[]? _decisions;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>Its spans, the earliest first.</summary>
    public IReadOnlyList<RecordedSpan> Spans => _spans;

    /// <summary>When it began.</summary>
    public long StartNs => _spans[0].StartNs;

    /// <summary>From its beginning to its last span's end, milliseconds.</summary>
    public double Ms => (_spans.Max(span => span.EndNs) - StartNs) / 1e6;

    /// <summary>The machine that it is of, or null.</summary>
    public string? Machine => _spans.Select(span => span.Tags.GetValueOrDefault("itwin.machine") as string).FirstOrDefault(machine => machine is not null);

    /// <summary>The decisions of control loops in it.</summary>
    public IReadOnlyList<Decision> Decisions => _decisions ??= [.. _spans.Where(span => span.Name == Decision.SpanName).Select(span => new Decision(this, span))];

    /// <summary>How long its slowest decision took from the newest sample, or where there is none, how long all of it took; milliseconds.</summary>
    public double DecidedMs => Decisions.Select(decision => decision.SeenMs).DefaultIfEmpty(Ms).Max();

    /// <summary>Spans below one.</summary>
    public IEnumerable<RecordedSpan> Below(RecordedSpan parent) => _spans.Where(span => span.ParentId == parent.SpanId);

    /// <summary>Spans whose parent is not among these: the root, and what is below a sender's span.</summary>
    public IEnumerable<RecordedSpan> Tops => _spans.Where(span => span.ParentId.Length == 0 || !_spans.Any(other => other.SpanId == span.ParentId));

    /// <summary>Groups spans by their trace.</summary>
    public static List<RecordedTrace> Of(IEnumerable<RecordedSpan> spans) => [.. spans.GroupBy(span => span.TraceId).Select(group => new RecordedTrace(group.Key, group))];
}
