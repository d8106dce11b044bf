using System.Numerics;

namespace IndustrialTwin.Operations.Aggregation;

/// <summary>
/// Lanes are coordinates. To order them, a register of each worker's values is taken at a time and put in order by minima and maxima. A step
/// of a long job is some coordinates.
/// </summary>
internal sealed class AggregationNative(NativeCode code) : SlicedForm<GradientAggregationInput, AggregatedGradient>
{
    private readonly bool _isSimd = code == NativeCode.Simd;
    private readonly Vector<float>[] _lanes = new Vector<float>[GradientAggregation.WorkersMax];
    private readonly float[] _column = new float[GradientAggregation.WorkersMax];
    private (int Low, int High)[] _exchanges = [];
    private int _workers;

    public override SlicedRun<AggregatedGradient> Begin(GradientAggregationInput input) => new Run(this, input);

    private double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        var i = 0;
        if (_isSimd)
        {
            Vector<double> lows = default, highs = default;
            for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
            {
                Vector.Widen(new Vector<float>(values[i..]), out var low, out var high);
                lows = Vector.MultiplyAddEstimate(low, low, lows);
                highs = Vector.MultiplyAddEstimate(high, high, highs);
            }

            sum = Vector.Sum(lows + highs);
        }

        for (; i < values.Length; i++)
            sum += (double)values[i] * values[i];
        return sum;
    }

    private void Mean(in GradientAggregationInput input, float[] factors, Span<float> values, int from)
    {
        var d = input.Coordinates;
        for (var w = 0; w < factors.Length; w++)
        {
            var gradient = input.Gradients.Span.Slice((w * d) + from, values.Length);
            var i = 0;
            if (_isSimd)
            {
                var factor = new Vector<float>(factors[w]);
                for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
                    Vector.MultiplyAddEstimate(factor, new Vector<float>(gradient[i..]), new Vector<float>(values[i..])).CopyTo(values[i..]);
            }

            for (; i < values.Length; i++)
                values[i] += factors[w] * gradient[i];
        }
    }

    private void Ordered(in GradientAggregationInput input, float[] factors, Span<float> values, int first)
    {
        var (k, d) = (input.Workers, input.Coordinates);
        var (from, to) = GradientAggregation.Kept(input);
        var gradients = input.Gradients.Span[first..];
        var scale = 1f / (to - from);
        var i = 0;
        if (_isSimd)
        {
            if (_workers != k)
                (_exchanges, _workers) = (MergeExchange.Of(k), k);
            for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
            {
                for (var w = 0; w < k; w++)
                    _lanes[w] = new Vector<float>(gradients[((w * d) + i)..]) * factors[w];
                foreach (var (low, high) in _exchanges)
                    (_lanes[low], _lanes[high]) = (Vector.Min(_lanes[low], _lanes[high]), Vector.Max(_lanes[low], _lanes[high]));
                var sum = Vector<float>.Zero;
                for (var w = from; w < to; w++)
                    sum += _lanes[w];
                (sum * scale).CopyTo(values[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            for (var w = 0; w < k; w++)
                _column[w] = gradients[(w * d) + i] * factors[w];
            _column.AsSpan(0, k).Sort();
            var sum = 0f;
            for (var w = from; w < to; w++)
                sum += _column[w];
            values[i] = sum * scale;
        }
    }

    private sealed class Run(AggregationNative form, GradientAggregationInput input) : SlicedRun<AggregatedGradient>
    {
        private const int StepValues = 1 << 18;

        /// <summary>Putting values in order takes about so many times as long as adding them.</summary>
        private const int OrderCost = 8;

        private readonly double[] _squares = new double[input.Workers];
        private readonly float[] _norms = new float[input.Workers];
        private readonly float[] _values = new float[input.Coordinates];
        private float[] _factors = [];
        private int _worker;
        private int _at;

        public override AggregatedGradient Result => new(_values, _norms, _norms.Count(norm => norm > input.ClipNorm));

        public override bool Step()
        {
            var d = input.Coordinates;
            if (_worker < input.Workers)
            {
                Measure(d);
                return false;
            }

            var isMean = input.Rule == AggregationRule.WeightedMean;
            var coordinates = Math.Min(d - _at, Math.Max(Vector<float>.Count, StepValues / input.Workers / (isMean ? 1 : OrderCost)));
            if (isMean)
                form.Mean(input, _factors, _values.AsSpan(_at, coordinates), _at);
            else
                form.Ordered(input, _factors, _values.AsSpan(_at, coordinates), _at);
            _at += coordinates;
            return _at == d;
        }

        /// <summary>Adds up squares; of the last worker's last ones the factors follow.</summary>
        private void Measure(int d)
        {
            for (var budget = StepValues; budget > 0 && _worker < input.Workers;)
            {
                var values = Math.Min(budget, d - _at);
                _squares[_worker] += form.SumOfSquares(input.Gradients.Span.Slice((_worker * d) + _at, values));
                budget -= values;
                _at += values;
                if (_at < d)
                    continue;
                _norms[_worker] = (float)Math.Sqrt(_squares[_worker]);
                (_worker, _at) = (_worker + 1, 0);
            }

            if (_worker == input.Workers)
                _factors = GradientAggregation.Factors(input, _norms);
        }
    }
}
