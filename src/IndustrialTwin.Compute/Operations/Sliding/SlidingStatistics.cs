using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>Time-domain statistics of windows that slide over a series: <see cref="WindowStatistics"/> of each.</summary>
public sealed class SlidingStatistics : SlidingOperation<SlidingWindows, WindowBatch, WindowSummary[]>
{
    private SlidingStatistics()
        : base(WindowStatistics.Instance)
    {
    }

    /// <summary>The operation.</summary>
    public static SlidingStatistics Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "sliding-statistics";

    /// <inheritdoc/>
    public override void Validate(SlidingWindows input)
    {
        if (input.Length > WindowStatistics.LengthMax)
            throw new ArgumentException($"{Name}: Length is {input.Length}; expected 1..{WindowStatistics.LengthMax} samples.");
        input.Validate(Name);
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(SlidingWindows input) => new(input.Length);

    internal override SlidingWindows SlidingOf(SlidingWindows input) => input;

    internal override WindowBatch With(SlidingWindows input, WindowBatch windows) => windows;

    internal override WindowSummary[] Join(ReadOnlySpan<WindowSummary[]> parts)
    {
        var all = new List<WindowSummary>(parts.Length);
        foreach (var part in parts)
            all.AddRange(part);
        return [.. all];
    }
}
