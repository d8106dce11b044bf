using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Aggregation;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="UnitValues"/> coordinates; what one costs depends on the workers and the rule, which stands in the shape from 1 on.</summary>
internal sealed class AggregationBinding() : KernelBinding<AggregationRequest, GradientAggregationInput, AggregatedGradient>(GradientAggregation.Instance)
{
    private const int UnitValues = 1_024;

    protected override bool IsBatched => false;

    protected override GradientAggregationInput InputOf(AggregationRequest request) => new(
        request.Gradients, request.Workers, RuleOf(request.Rule), request.Weights, request.TrimShare, request.ClipNorm);

    protected override ComputeReply ReplyTo(AggregationRequest request, AggregatedGradient result) =>
        Done(result.Values) with { Result = new AggregationResult(result.Norms, result.Clipped) };

    protected override KernelShape ShapeOf(AggregationRequest request) => new(request.Workers, (int)request.Rule + 1);

    protected override long UnitsOf(AggregationRequest request) =>
        UnitsFor(Present(request.Gradients, nameof(request.Gradients)).Length / Math.Max(1, request.Workers), UnitValues);

    protected override long BytesOf(AggregationRequest request) => sizeof(float) * (long)request.Gradients.Length;

    protected override AggregationRequest? NoiseOf(KernelShape shape, int units) => Enum.IsDefined((JoiningRule)(shape.Second - 1))
        ? new(KernelNoise.Floats((long)units * UnitValues * shape.First), shape.First, (JoiningRule)(shape.Second - 1), [])
        : null;

    private AggregationRule RuleOf(JoiningRule rule) => rule switch
    {
        JoiningRule.WeightedMean => AggregationRule.WeightedMean,
        JoiningRule.TrimmedMean => AggregationRule.TrimmedMean,
        JoiningRule.Median => AggregationRule.Median,
        _ => throw new ArgumentException($"{Name}: Rule is {rule}; expected one of {string.Join(", ", Enum.GetNames<JoiningRule>())}."),
    };
}
