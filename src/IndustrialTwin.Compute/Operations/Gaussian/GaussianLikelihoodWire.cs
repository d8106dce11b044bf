namespace IndustrialTwin.Operations.Gaussian;

/// <summary>
/// In: <c>values</c> float64 [values], and <c>origin</c>, <c>first</c>, <c>count</c>, <c>window-rows</c> and <c>step-rows</c>, each int64, as in
/// <see cref="GaussianLikelihoodInput"/>. Out: <c>scores</c> float64 [count].
/// </summary>
internal sealed class GaussianLikelihoodWire : OperationWire<GaussianLikelihoodInput, double[]>
{
    private const int Integers = 5;

    public static GaussianLikelihoodWire Instance { get; } = new();

    public override NamedArray[] Write(GaussianLikelihoodInput input) =>
    [
        NamedArray.Of("values", input.Values.Span, input.Values.Length),
        NamedArray.Of("origin", input.Origin),
        NamedArray.Of("first", input.First),
        NamedArray.Of("count", (long)input.Count),
        NamedArray.Of("window-rows", (long)input.WindowRows),
        NamedArray.Of("step-rows", (long)input.StepRows),
    ];

    public override ArraySpec[] ResultsOf(GaussianLikelihoodInput input) => [new("scores", ArrayElement.Float64, input.Count)];

    protected override long InputBytesOf(GaussianLikelihoodInput input) => 8L * (input.Values.Length + Integers);

    protected override double[] ReadChecked(GaussianLikelihoodInput input, IReadOnlyList<NamedArray> results) => results[0].ToFloat64();
}
