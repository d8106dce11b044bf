using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Rolling;

/// <summary>
/// One group a series, one stretch of it a thread. A thread runs its stretch from zero, one thread joins the stretches' ends (a recurrence
/// over a stretch is linear in what comes before it), and each thread runs its stretch again from the right start.
/// </summary>
internal sealed class ExponentialIlgpu : OperationForm<ExponentialInput, ExponentialResult>
{
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<double>, ArrayView<double>, ArrayView<double>, double, int> _kernel;
    private readonly IlgpuBuffer<float> _series;
    private readonly IlgpuBuffer<double> _starts;
    private readonly IlgpuBuffer<double> _mean;
    private readonly IlgpuBuffer<double> _variance;
    private readonly int _threads;
    private WindowBatch[] _batches = [];
    private float[] _staged = [];

    public ExponentialIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<double>, ArrayView<double>, ArrayView<double>, double, int>(Run);
        _series = new(accelerator);
        _starts = new(accelerator);
        _mean = new(accelerator);
        _variance = new(accelerator);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(ExponentialIlgpu), nameof(Run))];

    public override void Launch(ReadOnlySpan<ExponentialInput> inputs, Span<ExponentialResult> results)
    {
        var length = inputs[0].Series.Length;
        if (_batches.Length < inputs.Length)
            _batches = new WindowBatch[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
            _batches[job] = inputs[job].Series;
        var count = WindowStaging.Stage(_batches.AsSpan(0, inputs.Length), ref _staged);
        // Nothing of a caller's memory is kept past the launch.
        _batches.AsSpan().Clear();
        var starts = new double[count];
        var at = 0;
        foreach (var input in inputs)
        {
            for (var i = 0; i < input.Series.Count; i++)
                starts[at++] = ExponentialStatistics.Start(input, input.Series.Window(i));
        }

        var (mean, variance) = (new double[count * length], new double[count * length]);
        _kernel(
            new KernelConfig(count, _threads),
            _series.Upload(_staged.AsSpan(0, count * length)),
            _starts.Upload(starts),
            _mean.Take(mean.Length),
            _variance.Take(variance.Length),
            inputs[0].Smoothing,
            length);
        _mean.Download(mean);
        _variance.Download(variance);
        at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            var to = at + inputs[job].Series.Samples.Length;
            results[job] = ExponentialStatistics.Finish(inputs[job], mean[at..to], variance[at..to]);
            at = to;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _series.Dispose();
        _starts.Dispose();
        _mean.Dispose();
        _variance.Dispose();
        base.Dispose(disposing);
    }

    private static void Run(
        ArrayView<float> series, ArrayView<double> starts, ArrayView<double> mean, ArrayView<double> variance, double smoothing, int length)
    {
        var factors = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var ends = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var forget = 1 - smoothing;
        var stretch = (length + Group.DimX - 1) / Group.DimX;
        var first = Group.IdxX * stretch;
        var end = first + stretch < length ? first + stretch : length;
        var from = (long)Grid.IdxX * length;

        var factor = 1.0;
        var y = 0.0;
        for (var t = first; t < end; t++)
        {
            factor *= forget;
            y = (forget * y) + (smoothing * series[from + t]);
        }

        factors[Group.IdxX] = factor;
        ends[Group.IdxX] = y;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            var carry = starts[Grid.IdxX];
            for (var i = 0; i < Group.DimX; i++)
            {
                // What stands before stretch i takes the place of its end.
                var next = (factors[i] * carry) + ends[i];
                ends[i] = carry;
                carry = next;
            }
        }

        Group.Barrier();
        var m = ends[Group.IdxX];
        var v = 0.0;
        for (var t = first; t < end; t++)
        {
            var d = series[from + t] - m;
            m += smoothing * d;
            v = forget * (v + (smoothing * d * d));
            mean[from + t] = m;
            variance[from + t] = v;
        }

        Group.Barrier();
        ends[Group.IdxX] = v;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            var carry = 0.0;
            for (var i = 0; i < Group.DimX; i++)
            {
                var next = (factors[i] * carry) + ends[i];
                ends[i] = carry;
                carry = next;
            }
        }

        Group.Barrier();
        var before = ends[Group.IdxX];
        for (var t = first; t < end; t++)
        {
            before *= forget;
            variance[from + t] += before;
        }
    }
}
