using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Aggregation;

/// <summary>
/// One group a worker for its length; then one thread a coordinate, whose values lie a whole gradient apart and are ordered in place. A step of
/// a long job is some coordinates.
/// </summary>
internal sealed class AggregationIlgpu : SlicedForm<GradientAggregationInput, AggregatedGradient>
{
    private readonly Accelerator _accelerator;
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, int, int, int> _squares;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, OrderShape> _mean;
    private readonly Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, OrderShape> _order;
    private readonly int _threads;

    public AggregationIlgpu(Accelerator accelerator)
    {
        _accelerator = accelerator;
        _squares = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int, int, int>(Squares);
        _mean = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, OrderShape>(Mean);
        _order = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, OrderShape>(Order);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Grouped(typeof(AggregationIlgpu), nameof(Squares)),
        KernelGroups.Indexed(typeof(AggregationIlgpu), nameof(Mean)),
        KernelGroups.Indexed(typeof(AggregationIlgpu), nameof(Order)),
    ];

    public override void Launch(ReadOnlySpan<GradientAggregationInput> inputs, Span<AggregatedGradient> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            using var run = new Run(this, inputs[job], isLong: false);
            while (!run.Step())
            {
                // The caller asked for all of it.
            }

            results[job] = run.Result;
        }
    }

    public override SlicedRun<AggregatedGradient> Begin(GradientAggregationInput input) => new Run(this, input, isLong: true);

    /// <summary>Squares are summed with compensation (Kahan 1965).</summary>
    private static void Squares(ArrayView<float> gradients, ArrayView<float> squares, int d, int first, int end)
    {
        var sums = SharedMemory.Allocate<float>(KernelGroups.ThreadsMax);
        var from = (long)Grid.IdxX * d;
        var sum = 0f;
        var lost = 0f;
        for (var i = first + Group.IdxX; i < end; i += Group.DimX)
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
            squares[Grid.IdxX] = sums[0];
    }

    private static void Mean(Index1D index, ArrayView<float> gradients, ArrayView<float> factors, ArrayView<float> values, OrderShape shape)
    {
        var at = shape.First + index.X;
        var sum = 0f;
        for (var w = 0; w < shape.Workers; w++)
            sum += factors[w] * gradients[((long)w * shape.Coordinates) + at];
        values[at] = sum;
    }

    private static void Order(Index1D index, ArrayView<float> gradients, ArrayView<float> factors, ArrayView<float> values, OrderShape shape)
    {
        var at = shape.First + index.X;
        for (var w = 0; w < shape.Workers; w++)
            gradients[((long)w * shape.Coordinates) + at] *= factors[w];
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
                        Exchange(gradients, ((long)i * shape.Coordinates) + at, ((long)(i + apart) * shape.Coordinates) + at);
                }

                apart = q == p ? 0 : q - p;
                q /= 2;
                r = p;
            }
        }

        var sum = 0f;
        for (var w = shape.From; w < shape.To; w++)
            sum += gradients[((long)w * shape.Coordinates) + at];
        values[at] = sum / (shape.To - shape.From);
    }

    private static void Exchange(ArrayView<float> values, long low, long high)
    {
        var x = values[low];
        var y = values[high];
        values[low] = x < y ? x : y;
        values[high] = x < y ? y : x;
    }

    internal readonly struct OrderShape(GradientAggregationInput input, int first)
    {
        public readonly int Workers = input.Workers;
        public readonly int Coordinates = input.Coordinates;
        public readonly int First = first;
        public readonly int Top = MergeExchange.Top(input.Workers);
        public readonly int From = GradientAggregation.Kept(input).From;
        public readonly int To = GradientAggregation.Kept(input).To;
    }

    /// <summary>One job. Its gradients go up before its first step.</summary>
    private sealed class Run : SlicedRun<AggregatedGradient>
    {
        private readonly AggregationIlgpu _form;
        private readonly GradientAggregationInput _input;
        private readonly IlgpuBuffer<float> _gradients;
        private readonly IlgpuBuffer<float> _squares;
        private readonly IlgpuBuffer<float> _factors;
        private readonly IlgpuBuffer<float> _values;
        private readonly SlicePace _pace;
        private readonly double[] _sums;
        private readonly float[] _norms;
        private bool _isMeasured;
        private int _at;

        public Run(AggregationIlgpu form, GradientAggregationInput input, bool isLong)
        {
            (_form, _input) = (form, input);
            (_gradients, _squares) = (new(form._accelerator), new(form._accelerator));
            (_factors, _values) = (new(form._accelerator), new(form._accelerator));
            (_sums, _norms) = (new double[input.Workers], new float[input.Workers]);
            _pace = new SlicePace(isLong ? Math.Min(4_096, input.Coordinates) : input.Coordinates, input.Coordinates);
            _gradients.Upload(input.Gradients.Span);
        }

        public override AggregatedGradient Result
        {
            get
            {
                var values = new float[_input.Coordinates];
                _values.Download(values);
                return new AggregatedGradient(values, _norms, _norms.Count(norm => norm > _input.ClipNorm));
            }
        }

        public override bool Step()
        {
            var (k, d) = (_input.Workers, _input.Coordinates);
            var coordinates = Math.Min(_pace.Amount, d - _at);
            var gradients = _gradients.Take(_input.Gradients.Length);
            _pace.Begin();
            if (!_isMeasured)
            {
                _form._squares(new KernelConfig(k, _form._threads), gradients, _squares.Take(k), d, _at, _at + coordinates);
                var squares = new float[k];
                _squares.Download(squares);
                for (var w = 0; w < k; w++)
                    _sums[w] += squares[w];
            }
            else
            {
                var join = _input.Rule == AggregationRule.WeightedMean ? _form._mean : _form._order;
                join(coordinates, gradients, _factors.Take(k), _values.Take(d), new OrderShape(_input, _at));
                // What is only queued would make the next urgent job wait for more than this step.
                _form._accelerator.DefaultStream.Synchronize();
            }

            _pace.End();
            _at += coordinates;
            return _at == d && End();
        }

        protected override void Dispose(bool disposing)
        {
            _gradients.Dispose();
            _squares.Dispose();
            _factors.Dispose();
            _values.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>Goes from lengths to values; true after the values.</summary>
        private bool End()
        {
            if (_isMeasured)
                return true;
            for (var w = 0; w < _norms.Length; w++)
                _norms[w] = (float)Math.Sqrt(_sums[w]);
            _factors.Upload(GradientAggregation.Factors(_input, _norms));
            (_isMeasured, _at) = (true, 0);
            return false;
        }
    }
}
