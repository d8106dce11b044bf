using System.Numerics;

namespace IndustrialTwin.Operations.Forecasts;

/// <summary>First the products with the first sample of the windows, summed over the series; then row after row from the one above.</summary>
internal sealed class ForecastFitNative(NativeCode code) : OperationForm<ForecastFitInput, ForecastModel>
{
    private readonly bool _isSimd = code == NativeCode.Simd;
    private double[] _series = [];
    private double[] _row = [];
    private double[] _next = [];

    public override void Launch(ReadOnlySpan<ForecastFitInput> inputs, Span<ForecastModel> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var products = new LaggedProducts(input);
            for (var s = 0; s < input.Series.Count; s++)
                Add(products, input.Series.Window(s), input.InputLength, input.InputLength + input.Horizon);
            results[job] = products.Solve();
        }
    }

    private void Add(LaggedProducts products, ReadOnlySpan<float> samples, int inputs, int extent)
    {
        if (_series.Length < samples.Length)
            _series = new double[samples.Length];
        if (_row.Length < extent)
            (_row, _next) = (new double[extent], new double[extent]);
        var series = _series.AsSpan(0, samples.Length);
        for (var i = 0; i < samples.Length; i++)
            series[i] = samples[i] - products.Offset;

        var windows = products.Windows;
        for (var k = 0; k < extent; k++)
            _row[k] = Dot(series[..windows], series.Slice(k, windows));
        for (var i = 0; i < inputs; i++)
        {
            AddTo(products.Products.AsSpan((i * extent) + i, extent - i), _row.AsSpan(i, extent - i));
            // From products of samples i and j to those of i + 1 and j + 1: every window moves one sample on.
            Advance(_row.AsSpan(i, extent - i - 1), _next.AsSpan(i + 1, extent - i - 1), series[i..], series[(windows + i)..]);
            (_row, _next) = (_next, _row);
        }
    }

    private void Advance(ReadOnlySpan<double> row, Span<double> next, ReadOnlySpan<double> leaving, ReadOnlySpan<double> coming)
    {
        var j = 0;
        if (next.Length > 0 && _isSimd)
        {
            var (leaves, comes) = (new Vector<double>(-leaving[0]), new Vector<double>(coming[0]));
            for (; j + Vector<double>.Count <= next.Length; j += Vector<double>.Count)
            {
                var value = Vector.MultiplyAddEstimate(leaves, new Vector<double>(leaving[j..]), new Vector<double>(row[j..]));
                Vector.MultiplyAddEstimate(comes, new Vector<double>(coming[j..]), value).CopyTo(next[j..]);
            }
        }

        for (; j < next.Length; j++)
            next[j] = row[j] - (leaving[0] * leaving[j]) + (coming[0] * coming[j]);
    }

    private double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        var i = 0;
        if (_isSimd)
        {
            Vector<double> first = default, second = default, third = default, fourth = default;
            var lanes = Vector<double>.Count;
            for (; i + (4 * lanes) <= x.Length; i += 4 * lanes)
            {
                first = Vector.MultiplyAddEstimate(new Vector<double>(x[i..]), new Vector<double>(y[i..]), first);
                second = Vector.MultiplyAddEstimate(new Vector<double>(x[(i + lanes)..]), new Vector<double>(y[(i + lanes)..]), second);
                third = Vector.MultiplyAddEstimate(new Vector<double>(x[(i + (2 * lanes))..]), new Vector<double>(y[(i + (2 * lanes))..]), third);
                fourth = Vector.MultiplyAddEstimate(new Vector<double>(x[(i + (3 * lanes))..]), new Vector<double>(y[(i + (3 * lanes))..]), fourth);
            }

            sum = Vector.Sum(first + second + third + fourth);
        }

        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    private static void AddTo(Span<double> sums, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < sums.Length; i++)
            sums[i] += values[i];
    }
}
