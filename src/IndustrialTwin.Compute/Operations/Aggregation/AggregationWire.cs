namespace IndustrialTwin.Operations.Aggregation;

/// <summary>
/// In: <c>gradients</c> float32 [workers × coordinates]; <c>rule</c> int64, 0 weighted mean, 1 trimmed mean, 2 median; <c>weights</c> float32 [workers],
/// or [0] for equal ones; <c>trim-share</c>, <c>clip-norm</c> float64, the latter infinite for none. Out: <c>values</c> float32 [coordinates],
/// <c>norms</c> float32 [workers], <c>clipped</c> int64.
/// </summary>
internal static class AggregationWire
{
    public static OperationWire<GradientAggregationInput, AggregatedGradient> Instance { get; } = new RecordWire<GradientAggregationInput, AggregatedGradient>(
        [
            WireField<GradientAggregationInput>.Float32("gradients", input => input.Gradients, input => [input.Workers, input.Coordinates]),
            WireField<GradientAggregationInput>.Int64("rule", input => NumberOf(input.Rule)),
            WireField<GradientAggregationInput>.Float32("weights", input => input.Weights, input => [input.Weights.Length]),
            WireField<GradientAggregationInput>.Float64("trim-share", input => input.TrimShare),
            WireField<GradientAggregationInput>.Float64("clip-norm", input => input.ClipNorm),
        ],
        input =>
        [
            new("values", ArrayElement.Float32, input.Coordinates),
            new("norms", ArrayElement.Float32, input.Workers),
            new("clipped", ArrayElement.Int64),
        ],
        Read);

    private static long NumberOf(AggregationRule rule) => rule switch
    {
        AggregationRule.WeightedMean => 0,
        AggregationRule.TrimmedMean => 1,
        AggregationRule.Median => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No such rule."),
    };

    private static AggregatedGradient Read(GradientAggregationInput input, IReadOnlyList<NamedArray> results)
    {
        var clipped = results[2].ToInt64()[0];
        return clipped >= 0 && clipped <= input.Workers
            ? new AggregatedGradient(results[0].ToFloat32(), results[1].ToFloat32(), (int)clipped)
            : throw new InvalidDataException($"clipped is {clipped}; expected 0..{input.Workers}, the workers.");
    }
}
