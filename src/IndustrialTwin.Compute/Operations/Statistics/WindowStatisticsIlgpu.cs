using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Statistics;

/// <summary>One group a window; six numbers a window come back and are finished on the host.</summary>
internal sealed class WindowStatisticsIlgpu : OperationForm<WindowBatch, WindowSummary[]>
{
    private const int Moments = 6;
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<double>, int> _kernel;
    private readonly IlgpuBuffer<float> _samples;
    private readonly IlgpuBuffer<double> _moments;
    private readonly int _threads;
    private float[] _staged = [];

    public WindowStatisticsIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<double>, int>(Reduce);
        _samples = new(accelerator);
        _moments = new(accelerator);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(WindowStatisticsIlgpu), nameof(Reduce))];

    public override void Launch(ReadOnlySpan<WindowBatch> inputs, Span<WindowSummary[]> results)
    {
        var length = inputs[0].Length;
        var windows = WindowStaging.Stage(inputs, ref _staged);
        var samples = _samples.Upload(_staged.AsSpan(0, windows * length));
        _kernel(new KernelConfig(windows, _threads), samples, _moments.Take(windows * Moments), length);
        var moments = new double[windows * Moments];
        _moments.Download(moments);
        var window = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            var summaries = new WindowSummary[inputs[job].Count];
            for (var i = 0; i < summaries.Length; i++, window++)
            {
                var m = moments.AsSpan(window * Moments, Moments);
                summaries[i] = WindowSummary.From(length, m[0], m[1], m[2], m[3], m[4], m[5]);
            }

            results[job] = summaries;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _samples.Dispose();
        _moments.Dispose();
        base.Dispose(disposing);
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
