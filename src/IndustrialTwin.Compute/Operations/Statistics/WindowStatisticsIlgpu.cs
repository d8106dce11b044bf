using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Operations.Statistics;

/// <summary>One group a window; six numbers a window come back and are finished on the host. Large launches go in pieces over two streams.</summary>
internal sealed class WindowStatisticsIlgpu : OperationForm<WindowBatch, WindowSummary[]>, IWindowForm<WindowBatch, WindowSummary[]>
{
    private const int Moments = 6;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<double>, int> _kernel;
    private readonly Lane[] _lanes;
    private readonly int _pieceBytes;
    private readonly int _threads;
    private float[] _staged = [];

    public WindowStatisticsIlgpu(Accelerator accelerator)
        : this(accelerator, IlgpuLanes.CountOn(accelerator), IlgpuLanes.PieceBytes)
    {
    }

    /// <summary>The same with so many streams, whatever the accelerator.</summary>
    public WindowStatisticsIlgpu(Accelerator accelerator, int lanes, int pieceBytes)
    {
        _kernel = accelerator.LoadKernel<ArrayView<float>, ArrayView<double>, int>(Reduce);
        _threads = KernelGroups.ThreadsOn(accelerator);
        _pieceBytes = pieceBytes;
        _lanes = Array.ConvertAll(IlgpuLanes.Streams(accelerator, lanes), stream => new Lane(this, accelerator, stream));
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(WindowStatisticsIlgpu), nameof(Reduce))];

    public override void Launch(ReadOnlySpan<WindowBatch> inputs, Span<WindowSummary[]> results)
    {
        var length = inputs[0].Length;
        var windows = WindowStaging.Stage(inputs, ref _staged);
        var moments = new double[windows * Moments];
        var piece = IlgpuLanes.PieceWindows(_lanes.Length, _pieceBytes, length);
        for (var (from, turn) = (0, 0); from < windows; from += Math.Min(piece, windows - from), turn++)
        {
            var lane = _lanes[turn % _lanes.Length];
            lane.Finish(moments);
            lane.Begin(_staged.AsSpan(from * length, Math.Min(piece, windows - from) * length), from, length);
        }

        foreach (var lane in _lanes)
            lane.Finish(moments);
        var at = 0;
        for (var job = 0; job < inputs.Length; job++)
            results[job] = Summaries(moments, ref at, inputs[job].Count, length);
    }

    public void Run(ArrayView<float> samples, in WindowBatch like, int length, ReadOnlySpan<int> counts, Span<WindowSummary[]> results)
    {
        var moments = new double[samples.Length / length * Moments];
        _lanes[0].Begin(samples, 0, length);
        _lanes[0].Finish(moments);
        var at = 0;
        for (var job = 0; job < counts.Length; job++)
            results[job] = Summaries(moments, ref at, counts[job], length);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var lane in _lanes)
            lane.Dispose();
        base.Dispose(disposing);
    }

    private static WindowSummary[] Summaries(double[] moments, ref int window, int count, int length)
    {
        var summaries = new WindowSummary[count];
        for (var i = 0; i < summaries.Length; i++, window++)
        {
            var m = moments.AsSpan(window * Moments, Moments);
            summaries[i] = WindowSummary.From(length, m[0], m[1], m[2], m[3], m[4], m[5]);
        }

        return summaries;
    }

    /// <summary>A stream with its memory, and the piece that is under way on it.</summary>
    private sealed class Lane(WindowStatisticsIlgpu form, Accelerator accelerator, AcceleratorStream stream) : IDisposable
    {
        private readonly IlgpuBuffer<float> _samples = new(accelerator, stream);
        private readonly IlgpuBuffer<double> _moments = new(accelerator, stream);
        private int _from;
        private int _windows;

        public void Begin(ReadOnlySpan<float> samples, int from, int length) => Begin(_samples.Upload(samples), from, length);

        public void Begin(ArrayView<float> samples, int from, int length)
        {
            (_from, _windows) = (from, (int)(samples.Length / length));
            form._kernel(stream, new KernelConfig(_windows, form._threads), samples, _moments.Take(_windows * Moments), length);
        }

        /// <summary>Waits for the piece, if there is one, and brings its moments to their place.</summary>
        public void Finish(Span<double> moments)
        {
            if (_windows > 0)
                _moments.Download(moments.Slice(_from * Moments, _windows * Moments));
            _windows = 0;
        }

        public void Dispose()
        {
            _samples.Dispose();
            _moments.Dispose();
            if (stream != accelerator.DefaultStream)
                stream.Dispose();
        }
    }

    private static void Reduce(ArrayView<float> samples, ArrayView<double> moments, int length)
    {
        var first = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var second = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var third = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var fourth = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var thread = Group.IdxX;
        var threads = Group.DimX;
        var from = (long)Grid.IdxX * length;

        double min = samples[from];
        var max = min;
        var sum = 0.0;
        for (var i = thread; i < length; i += threads)
        {
            double x = samples[from + i];
            min = x < min ? x : min;
            max = x > max ? x : max;
            sum += x;
        }

        first[thread] = sum;
        second[thread] = min;
        third[thread] = max;
        for (var half = threads / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
            {
                first[thread] += first[thread + half];
                second[thread] = second[thread + half] < second[thread] ? second[thread + half] : second[thread];
                third[thread] = third[thread + half] > third[thread] ? third[thread + half] : third[thread];
            }
        }

        Group.Barrier();
        var mean = first[0] / length;
        var least = second[0];
        var most = third[0];
        Group.Barrier();

        double d1 = 0, d2 = 0, d3 = 0, d4 = 0;
        for (var i = thread; i < length; i += threads)
        {
            var d = samples[from + i] - mean;
            d1 += d;
            d2 += d * d;
            d3 += d * d * d;
            d4 += d * d * d * d;
        }

        first[thread] = d1;
        second[thread] = d2;
        third[thread] = d3;
        fourth[thread] = d4;
        for (var half = threads / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
            {
                first[thread] += first[thread + half];
                second[thread] += second[thread + half];
                third[thread] += third[thread + half];
                fourth[thread] += fourth[thread + half];
            }
        }

        if (thread == 0)
        {
            var to = (long)Grid.IdxX * Moments;
            moments[to] = least;
            moments[to + 1] = most;
            moments[to + 2] = mean;
            // Without what the mean's rounding adds to the squares.
            var squares = second[0] - (first[0] * first[0] / length);
            moments[to + 3] = squares > 0 ? squares : 0;
            moments[to + 4] = third[0];
            moments[to + 5] = fourth[0];
        }
    }
}
