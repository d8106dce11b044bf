using System.Numerics;

namespace IndustrialTwin.Operations.Rolling;

/// <summary>Lanes are positions. Windows are joined in place: a position reads only itself and later ones, which are not yet written.</summary>
internal sealed class RollingNative(NativeCode code) : OperationForm<RollingInput, RollingResult>
{
    private readonly bool _isSimd = code == NativeCode.Simd;
    private double[] _mean = [];
    private double[] _squares = [];
    private float[] _min = [];
    private float[] _max = [];

    public override void Launch(ReadOnlySpan<RollingInput> inputs, Span<RollingResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var (series, width) = (inputs[job].Series, inputs[job].Width);
            if (_mean.Length < series.Length)
            {
                (_mean, _squares) = (new double[series.Length], new double[series.Length]);
                (_min, _max) = (new float[series.Length], new float[series.Length]);
            }

            var positions = series.Length - width + 1;
            var result = RollingStatistics.Room(series.Count * positions, positions);
            for (var i = 0; i < series.Count; i++)
            {
                Roll(
                    series.Window(i),
                    width,
                    result.Mean.AsSpan(i * positions, positions),
                    result.Variance.AsSpan(i * positions, positions),
                    result.Min.AsSpan(i * positions, positions),
                    result.Max.AsSpan(i * positions, positions));
            }

            results[job] = result;
        }
    }

    private void Roll(ReadOnlySpan<float> series, int width, Span<double> mean, Span<double> variance, Span<float> min, Span<float> max)
    {
        var n = series.Length;
        var blockMean = _mean.AsSpan(0, n);
        var blockSquares = _squares.AsSpan(0, n);
        var blockMin = _min.AsSpan(0, n);
        var blockMax = _max.AsSpan(0, n);
        for (var i = 0; i < n; i++)
            blockMean[i] = series[i];
        blockSquares.Clear();
        series.CopyTo(blockMin);
        series.CopyTo(blockMax);
        var joined = 0;
        for (var block = 1; ; block *= 2)
        {
            if ((width & block) != 0)
            {
                if (joined == 0)
                {
                    blockMean[..mean.Length].CopyTo(mean);
                    blockSquares[..mean.Length].CopyTo(variance);
                    blockMin[..mean.Length].CopyTo(min);
                    blockMax[..mean.Length].CopyTo(max);
                }
                else
                {
                    Join(mean, variance, joined, blockMean.Slice(joined, mean.Length), blockSquares.Slice(joined, mean.Length), block);
                    Extremes(min, max, blockMin.Slice(joined, mean.Length), blockMax.Slice(joined, mean.Length));
                }

                joined += block;
            }

            if (2 * block > width)
                break;
            var left = n - (2 * block) + 1;
            Join(blockMean[..left], blockSquares[..left], block, blockMean.Slice(block, left), blockSquares.Slice(block, left), block);
            Extremes(blockMin[..left], blockMax[..left], blockMin.Slice(block, left), blockMax.Slice(block, left));
        }

        var scale = 1.0 / (width - 1);
        for (var i = 0; i < variance.Length; i++)
            variance[i] *= scale;
    }

    /// <summary>Appends windows of nextCount samples to windows of count samples.</summary>
    private void Join(
        Span<double> mean, Span<double> squares, int count, ReadOnlySpan<double> nextMean, ReadOnlySpan<double> nextSquares, int nextCount)
    {
        var share = (double)nextCount / (count + nextCount);
        var weight = count * share;
        var i = 0;
        if (_isSimd)
        {
            var (shares, weights) = (new Vector<double>(share), new Vector<double>(weight));
            for (; i + Vector<double>.Count <= mean.Length; i += Vector<double>.Count)
            {
                var own = new Vector<double>(mean[i..]);
                var delta = new Vector<double>(nextMean[i..]) - own;
                var sum = new Vector<double>(squares[i..]) + new Vector<double>(nextSquares[i..]);
                Vector.MultiplyAddEstimate(delta, shares, own).CopyTo(mean[i..]);
                Vector.MultiplyAddEstimate(delta * delta, weights, sum).CopyTo(squares[i..]);
            }
        }

        for (; i < mean.Length; i++)
        {
            var delta = nextMean[i] - mean[i];
            mean[i] += delta * share;
            squares[i] += nextSquares[i] + (delta * delta * weight);
        }
    }

    private void Extremes(Span<float> min, Span<float> max, ReadOnlySpan<float> nextMin, ReadOnlySpan<float> nextMax)
    {
        var i = 0;
        if (_isSimd)
        {
            for (; i + Vector<float>.Count <= min.Length; i += Vector<float>.Count)
            {
                Vector.Min(new Vector<float>(min[i..]), new Vector<float>(nextMin[i..])).CopyTo(min[i..]);
                Vector.Max(new Vector<float>(max[i..]), new Vector<float>(nextMax[i..])).CopyTo(max[i..]);
            }
        }

        for (; i < min.Length; i++)
        {
            min[i] = Math.Min(min[i], nextMin[i]);
            max[i] = Math.Max(max[i], nextMax[i]);
        }
    }
}
