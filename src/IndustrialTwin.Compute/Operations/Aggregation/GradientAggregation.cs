using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Aggregation;

/// <summary>Gradients to join.</summary>
/// <param name="Gradients">Workers × coordinates, worker after worker; finite and at most <see cref="GradientAggregation.ValueMax"/> in size.</param>
/// <param name="Workers">Workers, 1..<see cref="GradientAggregation.WorkersMax"/>.</param>
/// <param name="Rule">How they are joined.</param>
/// <param name="Weights">For the weighted mean one a worker, 0 or above, not all 0; empty for equal ones. Empty for the other rules.</param>
/// <param name="TrimShare">For the trimmed mean the share of workers left out at each end, 0 to below 0.5.</param>
/// <param name="ClipNorm">Longer gradients are first shortened to this Euclidean length, above 0; infinity for none.</param>
public readonly record struct GradientAggregationInput(
    ReadOnlyMemory<float> Gradients,
    int Workers,
    AggregationRule Rule = AggregationRule.WeightedMean,
    ReadOnlyMemory<float> Weights = default,
    double TrimShare = 0.1,
    double ClipNorm = double.PositiveInfinity)
{
    /// <summary>Values of one gradient.</summary>
    public int Coordinates => Workers > 0 ? Gradients.Length / Workers : 0;
}

/// <summary>One gradient out of many.</summary>
/// <param name="Values">One a coordinate, in the gradients' unit.</param>
/// <param name="Norms">Euclidean length of each worker's gradient before clipping.</param>
/// <param name="Clipped">Workers whose gradient was shortened.</param>
public sealed record AggregatedGradient(float[] Values, float[] Norms, int Clipped);

/// <summary>
/// Joins the gradients of workers for federated training: clipped to a length (Sun et al., Can you really backdoor federated learning?,
/// 2019), then a weighted mean, or coordinate by coordinate a trimmed mean or the median (Yin, Chen, Ramchandran and Bartlett,
/// Byzantine-robust distributed learning, ICML 2018). Values are ordered by Batcher's merge exchange (Knuth, volume 3, algorithm 5.2.2M),
/// which takes the same steps whatever they are.
/// </summary>
public sealed class GradientAggregation : Operation<GradientAggregationInput, AggregatedGradient>
{
    /// <summary>Workers at most.</summary>
    public const int WorkersMax = 256;

    /// <summary>Values of all gradients at most.</summary>
    public const int ValuesMax = 1 << 26;

    /// <summary>Size of one value at most, so that squares can be summed in float32.</summary>
    public const float ValueMax = 1e15f;

    /// <summary>Values that take about a millisecond to join, or a few where they are put in order.</summary>
    private const int LongValues = 1 << 20;

    private GradientAggregation()
    {
    }

    /// <summary>The operation.</summary>
    public static GradientAggregation Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "gradient-aggregation";

    /// <inheritdoc/>
    public override bool IsSliced => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => AggregationIlgpu.Entries;

    /// <inheritdoc/>
    public override OperationWire<GradientAggregationInput, AggregatedGradient> Wire => AggregationWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(GradientAggregationInput input)
    {
        if (input.Workers is < 1 or > WorkersMax)
            throw new ArgumentException($"{Name}: Workers is {input.Workers}; expected 1..{WorkersMax}.");
        if (input.Gradients.Length == 0 || input.Gradients.Length % input.Workers != 0 || input.Gradients.Length > ValuesMax)
        {
            throw new ArgumentException(
                $"{Name}: Gradients holds {input.Gradients.Length}; expected a multiple of Workers = {input.Workers}, 1 or more, at most {ValuesMax}.");
        }

        if (!Enum.IsDefined(input.Rule))
            throw new ArgumentException($"{Name}: Rule is {input.Rule}; expected one of {string.Join(", ", Enum.GetNames<AggregationRule>())}.");
        if (!(input.TrimShare >= 0 && input.TrimShare < 0.5))
            throw new ArgumentException($"{Name}: TrimShare is {input.TrimShare}; expected 0 to below 0.5.");
        if (!(input.ClipNorm > 0))
            throw new ArgumentException($"{Name}: ClipNorm is {input.ClipNorm}; expected above 0.");
        ValidateWeights(input);
        var values = input.Gradients.Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (!(Math.Abs(values[i]) <= ValueMax))
            {
                throw new ArgumentException(
                    $"{Name}: worker {i / input.Coordinates}, coordinate {i % input.Coordinates} is {values[i]}; expected a finite number up to {ValueMax:g0}.");
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsLong(GradientAggregationInput input) => input.Gradients.Length > LongValues;

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(GradientAggregationInput input) => new(input.Workers, input.Coordinates, input.Rule);

    /// <inheritdoc/>
    public override string? NonFinite(AggregatedGradient result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe(nameof(result.Values), result.Values)
            ?? Finite.Describe(nameof(result.Norms), result.Norms);
    }

    /// <inheritdoc/>
    public override int WindowsOf(GradientAggregationInput input) => input.Workers;

    /// <inheritdoc/>
    public override AggregatedGradient Reference(GradientAggregationInput input)
    {
        var (k, d) = (input.Workers, input.Coordinates);
        var gradients = Array.ConvertAll(input.Gradients.ToArray(), x => (double)x);
        var norms = new double[k];
        for (var w = 0; w < k; w++)
        {
            norms[w] = Math.Sqrt(gradients[(w * d)..((w + 1) * d)].Sum(x => x * x));
            for (var i = 0; i < d && norms[w] > input.ClipNorm; i++)
                gradients[(w * d) + i] *= input.ClipNorm / norms[w];
        }

        var values = new float[d];
        for (var i = 0; i < d; i++)
        {
            var column = Enumerable.Range(0, k).Select(w => gradients[(w * d) + i]);
            if (input.Rule == AggregationRule.WeightedMean)
            {
                var weights = input.Weights.Length == 0 ? Enumerable.Repeat(1f, k) : input.Weights.ToArray();
                values[i] = (float)(column.Zip(weights, (x, weight) => x * weight).Sum() / weights.Sum(x => (double)x));
            }
            else
            {
                var (from, to) = Kept(input);
                values[i] = (float)column.Order().Skip(from).Take(to - from).Average();
            }
        }

        return new AggregatedGradient(values, Array.ConvertAll(norms, x => (float)x), norms.Count(x => x > input.ClipNorm));
    }

    /// <inheritdoc/>
    public override OperationForm<GradientAggregationInput, AggregatedGradient> CreateNativeForm(NativeCode code) => new AggregationNative(code);

    /// <inheritdoc/>
    public override OperationForm<GradientAggregationInput, AggregatedGradient> CreateIlgpuForm(Accelerator accelerator) =>
        new AggregationIlgpu(accelerator);

    /// <summary>Of the ordered values of a coordinate, the first that is averaged and the one after the last.</summary>
    internal static (int From, int To) Kept(in GradientAggregationInput input)
    {
        var k = input.Workers;
        if (input.Rule == AggregationRule.Median)
            return ((k - 1) / 2, (k / 2) + 1);
        var trimmed = (int)(input.TrimShare * k);
        return (trimmed, k - trimmed);
    }

    /// <summary>Factor of each worker's gradient: clipping, and for the weighted mean its share.</summary>
    internal static float[] Factors(in GradientAggregationInput input, ReadOnlySpan<float> norms)
    {
        var factors = new float[input.Workers];
        var weights = input.Weights.Span;
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        for (var w = 0; w < factors.Length; w++)
        {
            var share = input.Rule != AggregationRule.WeightedMean ? 1 : weights.Length == 0 ? 1.0 / factors.Length : weights[w] / total;
            factors[w] = (float)(share * (norms[w] > input.ClipNorm ? input.ClipNorm / norms[w] : 1));
        }

        return factors;
    }

    private void ValidateWeights(in GradientAggregationInput input)
    {
        var weights = input.Weights.Span;
        if (weights.Length == 0)
            return;
        if (input.Rule != AggregationRule.WeightedMean)
            throw new ArgumentException($"{Name}: Weights holds {weights.Length}; expected none for rule {input.Rule}.");
        if (weights.Length != input.Workers)
            throw new ArgumentException($"{Name}: Weights holds {weights.Length}; expected one for each of {input.Workers} workers.");
        var total = 0.0;
        for (var w = 0; w < weights.Length; w++)
        {
            if (!(weights[w] >= 0) || !float.IsFinite(weights[w]))
                throw new ArgumentException($"{Name}: Weights[{w}] is {weights[w]}; expected a finite number, 0 or above.");
            total += weights[w];
        }

        if (total == 0)
            throw new ArgumentException($"{Name}: Weights are all 0.");
    }
}
