using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Aggregation;

/// <summary>One group a worker for its length; then one thread a coordinate, whose values lie a whole gradient apart and are ordered in place.</summary>
internal sealed class AggregationIlgpu : OperationForm<GradientAggregationInput, AggregatedGradient>
{
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, int> _norms;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int> _mean;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, OrderShape> _order;
    private readonly IlgpuBuffer<float> _gradients;
    private readonly IlgpuBuffer<float> _lengths;
    private readonly IlgpuBuffer<float> _factors;
    private readonly IlgpuBuffer<float> _values;
    private readonly int _threads;

    public AggregationIlgpu(Accelerator accelerator)
    {
        _norms = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int>(Norms);
        _mean = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(Mean);
        _order = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, OrderShape>(Order);
        (_gradients, _lengths, _factors, _values) = (new(accelerator), new(accelerator), new(accelerator), new(accelerator));
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Grouped(typeof(AggregationIlgpu), nameof(Norms)),
        KernelGroups.Indexed(typeof(AggregationIlgpu), nameof(Mean)),
        KernelGroups.Indexed(typeof(AggregationIlgpu), nameof(Order)),
    ];

    public override void Launch(ReadOnlySpan<GradientAggregationInput> inputs, Span<AggregatedGradient> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var (k, d) = (input.Workers, input.Coordinates);
            var gradients = _gradients.Upload(input.Gradients.Span);
            _norms(new KernelConfig(k, _threads), gradients, _lengths.Take(k), d);
            var norms = new float[k];
            _lengths.Download(norms);
            var factors = _factors.Upload(GradientAggregation.Factors(input, norms));
            if (input.Rule == AggregationRule.WeightedMean)
                _mean(d, gradients, factors, _values.Take(d), k, d);
            else
                _order(d, gradients, factors, _values.Take(d), new OrderShape(input));
            var values = new float[d];
            _values.Download(values);
            results[job] = new AggregatedGradient(values, norms, norms.Count(norm => norm > input.ClipNorm));
        }
    }

    protected override void Dispose(bool disposing)
    {
        _gradients.Dispose();
        _lengths.Dispose();
        _factors.Dispose();
        _values.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Squares are summed with compensation (Kahan 1965).</summary>
    private static void Norms(ArrayView<float> gradients, ArrayView<float> norms, int d)
    {
        var sums = SharedMemory.Allocate<float>(KernelGroups.ThreadsMax);
        var from = (long)Grid.IdxX * d;
        var sum = 0f;
        var lost = 0f;
        for (var i = Group.IdxX; i < d; i += Group.DimX)
        {
            var next = (gradients[from + i] * gradients[from + i]) - lost;
            var total = sum + next;
            lost = total - sum - next;
            sum = total;
        }

        sums[Group.IdxX] = sum;
        for (var half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (Group.IdxX < half)
                sums[Group.IdxX] += sums[Group.IdxX + half];
        }

        if (Group.IdxX == 0)
            norms[Grid.IdxX] = MathF.Sqrt(sums[0]);
    }

    private static void Mean(Index1D index, ArrayView<float> gradients, ArrayView<float> factors, ArrayView<float> values, int k, int d)
    {
        var sum = 0f;
        for (var w = 0; w < k; w++)
            sum += factors[w] * gradients[((long)w * d) + index.X];
        values[index] = sum;
    }

    private static void Order(Index1D index, ArrayView<float> gradients, ArrayView<float> factors, ArrayView<float> values, OrderShape shape)
    {
        for (var w = 0; w < shape.Workers; w++)
            gradients[((long)w * shape.Coordinates) + index.X] *= factors[w];
        for (var p = shape.Top; p > 0; p /= 2)
        {
            var q = shape.Top;
            var r = 0;
            var apart = p;
            while (apart > 0)
            {
                for (var i = 0; i < shape.Workers - apart; i++)
                {
                    if ((i & p) == r)
                        Exchange(gradients, ((long)i * shape.Coordinates) + index.X, ((long)(i + apart) * shape.Coordinates) + index.X);
                }

                apart = q == p ? 0 : q - p;
                q /= 2;
                r = p;
            }
        }

        var sum = 0f;
        for (var w = shape.From; w < shape.To; w++)
            sum += gradients[((long)w * shape.Coordinates) + index.X];
        values[index] = sum / (shape.To - shape.From);
    }

    private static void Exchange(ArrayView<float> values, long low, long high)
    {
        var x = values[low];
        var y = values[high];
        values[low] = x < y ? x : y;
        values[high] = x < y ? y : x;
    }

    internal readonly struct OrderShape(GradientAggregationInput input)
    {
        public readonly int Workers = input.Workers;
        public readonly int Coordinates = input.Coordinates;
        public readonly int Top = MergeExchange.Top(input.Workers);
        public readonly int From = GradientAggregation.Kept(input).From;
        public readonly int To = GradientAggregation.Kept(input).To;
    }
}
