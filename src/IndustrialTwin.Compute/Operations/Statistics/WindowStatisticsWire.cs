using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations.Statistics;

/// <summary>
/// In: <c>samples</c> float32 [windows × length]. Out: <c>summaries</c> float64 [windows × 10], in the order of
/// <see cref="WindowSummary"/>'s members.
/// </summary>
internal sealed class WindowStatisticsWire : OperationWire<WindowBatch, WindowSummary[]>
{
    private const int Figures = 10;

    public static WindowStatisticsWire Instance { get; } = new();

    public override NamedArray[] Write(WindowBatch input) => [NamedArray.Of("samples", input.Samples.Span, input.Count, input.Length)];

    public override ArraySpec[] ResultsOf(WindowBatch input) => [new("summaries", ArrayElement.Float64, input.Count, Figures)];

    protected override long InputBytesOf(WindowBatch input) => 4L * input.Samples.Length;

    protected override WindowSummary[] ReadChecked(WindowBatch input, IReadOnlyList<NamedArray> results) =>
        MemoryMarshal.Cast<double, WindowSummary>(results[0].ToFloat64()).ToArray();
}
