using System.Numerics;

namespace IndustrialTwin.Operations.Aggregation;

/// <summary>Lanes are coordinates. To order them, a register of each worker's values is taken at a time and put in order by minima and maxima.</summary>
internal sealed class AggregationNative(NativeCode code) : OperationForm<GradientAggregationInput, AggregatedGradient>
{
    private readonly bool _isSimd = code == NativeCode.Simd;
    private readonly Vector<float>[] _lanes = new Vector<float>[GradientAggregation.WorkersMax];
    private readonly float[] _column = new float[GradientAggregation.WorkersMax];
    private (int Low, int High)[] _exchanges = [];
    private int _workers;

    public override void Launch(ReadOnlySpan<GradientAggregationInput> inputs, Span<AggregatedGradient> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var d = input.Coordinates;
            var norms = new float[input.Workers];
            for (var w = 0; w < norms.Length; w++)
                norms[w] = (float)Math.Sqrt(SumOfSquares(input.Gradients.Span.Slice(w * d, d)));
            var factors = GradientAggregation.Factors(input, norms);
            var values = new float[d];
            if (input.Rule == AggregationRule.WeightedMean)
                Mean(input, factors, values);
            else
                Ordered(input, factors, values);
            results[job] = new AggregatedGradient(values, norms, norms.Count(norm => norm > input.ClipNorm));
        }
    }

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

    private void Mean(in GradientAggregationInput input, float[] factors, Span<float> values)
    {
        var d = input.Coordinates;
        for (var w = 0; w < factors.Length; w++)
        {
            var gradient = input.Gradients.Span.Slice(w * d, d);
            var i = 0;
            if (_isSimd)
            {
                var factor = new Vector<float>(factors[w]);
                for (; i + Vector<float>.Count <= d; i += Vector<float>.Count)
                    Vector.MultiplyAddEstimate(factor, new Vector<float>(gradient[i..]), new Vector<float>(values[i..])).CopyTo(values[i..]);
            }

            for (; i < d; i++)
                values[i] += factors[w] * gradient[i];
        }
    }

    private void Ordered(in GradientAggregationInput input, float[] factors, Span<float> values)
    {
        var (k, d) = (input.Workers, input.Coordinates);
        var (from, to) = GradientAggregation.Kept(input);
        var gradients = input.Gradients.Span;
        var scale = 1f / (to - from);
        var i = 0;
        if (_isSimd)
        {
            if (_workers != k)
                (_exchanges, _workers) = (MergeExchange.Of(k), k);
            for (; i + Vector<float>.Count <= d; i += Vector<float>.Count)
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

        for (; i < d; i++)
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
}
