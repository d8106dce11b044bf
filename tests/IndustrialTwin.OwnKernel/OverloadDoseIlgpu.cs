using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations;

namespace Acme.Overloads;

/// <summary>One group a window: each thread sums its share, and a tree in shared memory joins the sums.</summary>
internal sealed class OverloadDoseIlgpu : OperationForm<OverloadInput, float[]>
{
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, int, float> _kernel;
    private readonly IlgpuBuffer<float> _samples;
    private readonly IlgpuBuffer<float> _doses;
    private readonly int _threads;
    private WindowBatch[] _windows = [];
    private float[] _staged = [];

    public OverloadDoseIlgpu(Accelerator accelerator)
    {
        // The delegate is kept: ILGPU holds compiled kernels by weak references.
        _kernel = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int, float>(Sum);
        _samples = new(accelerator);
        _doses = new(accelerator);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(OverloadDoseIlgpu), nameof(Sum))];

    public override void Launch(ReadOnlySpan<OverloadInput> inputs, Span<float[]> results)
    {
        if (_windows.Length < inputs.Length)
            _windows = new WindowBatch[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
            _windows[job] = inputs[job].Windows;
        var count = WindowStaging.Stage(_windows.AsSpan(0, inputs.Length), ref _staged);
        // Nothing of a caller's memory is kept past the launch.
        _windows.AsSpan().Clear();
        var length = inputs[0].Windows.Length;
        _kernel(
            new KernelConfig(count, _threads),
            _samples.Upload(_staged.AsSpan(0, count * length)),
            _doses.Take(count),
            length,
            inputs[0].LimitKn);
        var doses = new float[count];
        _doses.Download(doses);
        var at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            results[job] = doses.AsSpan(at, inputs[job].Windows.Count).ToArray();
            at += inputs[job].Windows.Count;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _samples.Dispose();
        _doses.Dispose();
        base.Dispose(disposing);
    }

    private static void Sum(ArrayView<float> samples, ArrayView<float> doses, int length, float limit)
    {
        var sums = SharedMemory.Allocate<float>(KernelGroups.ThreadsMax);
        var from = (long)Grid.IdxX * length;
        var sum = 0f;
        for (var i = Group.IdxX; i < length; i += Group.DimX)
            sum += IntrinsicMath.Max(0f, samples[from + i] - limit);
        sums[Group.IdxX] = sum;
        for (var half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (Group.IdxX < half)
                sums[Group.IdxX] += sums[Group.IdxX + half];
        }

        if (Group.IdxX == 0)
            doses[Grid.IdxX] = sums[0];
    }
}
