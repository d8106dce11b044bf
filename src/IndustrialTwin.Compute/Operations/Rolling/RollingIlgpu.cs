using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Rolling;

/// <summary>One thread a position; each doubling of the width is a launch that writes beside what it reads.</summary>
internal sealed class RollingIlgpu : OperationForm<RollingInput, RollingResult>
{
    private readonly Action<Index1D, ArrayView<float>, Planes> _load;
    private readonly Action<Index1D, Planes, Planes, int, int, int> _double;
    private readonly Action<Index1D, Planes, Planes, int, int, int, int> _append;
    private readonly IlgpuBuffer<float> _series;
    private readonly PlaneBuffers _block;
    private readonly PlaneBuffers _nextBlock;
    private readonly PlaneBuffers _result;
    private WindowBatch[] _batches = [];
    private float[] _staged = [];

    public RollingIlgpu(Accelerator accelerator)
    {
        _load = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, Planes>(Load);
        _double = accelerator.LoadAutoGroupedStreamKernel<Index1D, Planes, Planes, int, int, int>(Double);
        _append = accelerator.LoadAutoGroupedStreamKernel<Index1D, Planes, Planes, int, int, int, int>(Append);
        _series = new(accelerator);
        (_block, _nextBlock, _result) = (new(accelerator), new(accelerator), new(accelerator));
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Indexed(typeof(RollingIlgpu), nameof(Load)),
        KernelGroups.Indexed(typeof(RollingIlgpu), nameof(Double)),
        KernelGroups.Indexed(typeof(RollingIlgpu), nameof(Append)),
    ];

    public override void Launch(ReadOnlySpan<RollingInput> inputs, Span<RollingResult> results)
    {
        var (n, width) = (inputs[0].Series.Length, inputs[0].Width);
        if (_batches.Length < inputs.Length)
            _batches = new WindowBatch[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
            _batches[job] = inputs[job].Series;
        var count = WindowStaging.Stage(_batches.AsSpan(0, inputs.Length), ref _staged);
        // Nothing of a caller's memory is kept past the launch.
        _batches.AsSpan().Clear();
        var positions = n - width + 1;
        var (block, next, result) = (_block.Take(count * n), _nextBlock.Take(count * n), _result.Take(count * positions));
        _load(count * n, _series.Upload(_staged.AsSpan(0, count * n)), block);
        var joined = 0;
        for (var size = 1; ; size *= 2)
        {
            if ((width & size) != 0)
            {
                _append(count * positions, result, block, joined, size, n, positions);
                joined += size;
            }

            if (2 * size > width)
                break;
            // Positions past a series' end stay as they were; nothing reads them.
            _double(count * n, block, next, size, n, n - (2 * size) + 1);
            (block, next) = (next, block);
        }

        var all = RollingStatistics.Room(count * positions, positions);
        _result.Download(all);
        var scale = 1.0 / (width - 1);
        for (var i = 0; i < all.Variance.Length; i++)
            all.Variance[i] *= scale;
        var at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            var (from, to) = (at * positions, (at + inputs[job].Series.Count) * positions);
            results[job] = new RollingResult(positions, all.Mean[from..to], all.Variance[from..to], all.Min[from..to], all.Max[from..to]);
            at += inputs[job].Series.Count;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _series.Dispose();
        _block.Dispose();
        _nextBlock.Dispose();
        _result.Dispose();
        base.Dispose(disposing);
    }

    private static void Load(Index1D index, ArrayView<float> series, Planes block)
    {
        block.Mean[index] = series[index];
        block.Squares[index] = 0;
        block.Min[index] = series[index];
        block.Max[index] = series[index];
    }

    private static void Double(Index1D index, Planes block, Planes next, int size, int n, int left)
    {
        var i = index.X;
        if (i - (i / n * n) >= left)
            return;
        var delta = block.Mean[i + size] - block.Mean[i];
        next.Mean[i] = block.Mean[i] + (0.5 * delta);
        next.Squares[i] = block.Squares[i] + block.Squares[i + size] + (0.5 * size * delta * delta);
        next.Min[i] = block.Min[i + size] < block.Min[i] ? block.Min[i + size] : block.Min[i];
        next.Max[i] = block.Max[i + size] > block.Max[i] ? block.Max[i + size] : block.Max[i];
    }

    private static void Append(Index1D index, Planes result, Planes block, int joined, int size, int n, int positions)
    {
        var i = index.X;
        var at = (i / positions * n) + (i - (i / positions * positions)) + joined;
        if (joined == 0)
        {
            result.Mean[i] = block.Mean[at];
            result.Squares[i] = block.Squares[at];
            result.Min[i] = block.Min[at];
            result.Max[i] = block.Max[at];
            return;
        }

        var share = (double)size / (joined + size);
        var delta = block.Mean[at] - result.Mean[i];
        result.Mean[i] += delta * share;
        result.Squares[i] += block.Squares[at] + (delta * delta * joined * share);
        result.Min[i] = block.Min[at] < result.Min[i] ? block.Min[at] : result.Min[i];
        result.Max[i] = block.Max[at] > result.Max[i] ? block.Max[at] : result.Max[i];
    }

    internal readonly struct Planes(ArrayView<double> mean, ArrayView<double> squares, ArrayView<float> min, ArrayView<float> max)
    {
        public readonly ArrayView<double> Mean = mean;
        public readonly ArrayView<double> Squares = squares;
        public readonly ArrayView<float> Min = min;
        public readonly ArrayView<float> Max = max;
    }

    private sealed class PlaneBuffers(Accelerator accelerator) : IDisposable
    {
        private readonly IlgpuBuffer<double> _mean = new(accelerator);
        private readonly IlgpuBuffer<double> _squares = new(accelerator);
        private readonly IlgpuBuffer<float> _min = new(accelerator);
        private readonly IlgpuBuffer<float> _max = new(accelerator);

        public Planes Take(int length) => new(_mean.Take(length), _squares.Take(length), _min.Take(length), _max.Take(length));

        public void Download(RollingResult result)
        {
            _mean.Download(result.Mean);
            _squares.Download(result.Variance);
            _min.Download(result.Min);
            _max.Download(result.Max);
        }

        public void Dispose()
        {
            _mean.Dispose();
            _squares.Dispose();
            _min.Dispose();
            _max.Dispose();
        }
    }
}
