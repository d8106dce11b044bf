using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices.Residents;

/// <summary>
/// The block of an ILGPU device. All new samples of a launch go up in one copy of whole buffers, or of page-locked ones on CUDA, and kernels
/// put them where they belong: copies into the middle of a buffer would be one for each job, and on OpenCL they are not to be trusted.
/// </summary>
internal sealed class IlgpuResidents(Accelerator accelerator, ResidentPool pool) : IDisposable
{
    private const int Numbers = 3;
    private readonly int _threads = KernelGroups.ThreadsOn(accelerator);
    private readonly IlgpuBuffer<float> _block = new(accelerator);
    private readonly IlgpuBuffer<float> _fresh = new(accelerator);
    private readonly IlgpuBuffer<float> _windows = new(accelerator);
    private readonly IlgpuBuffer<int> _segments = new(accelerator);
    private readonly List<int> _numbers = [];
    private Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<int>, int>? _copy;
    private Action<KernelConfig, ArrayView<float>, ArrayView<int>, int, ArrayView<float>, int>? _gather;
    private float[] _staged = [];

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Grouped(typeof(IlgpuResidents), nameof(Copy)),
        KernelGroups.Grouped(typeof(IlgpuResidents), nameof(Gather)),
    ];

    public ResidentPool Pool => pool;

    /// <summary>Carries a plan out and gives windows of one length behind one another.</summary>
    /// <param name="plan">What to do to the block.</param>
    /// <param name="starts">Where in the block each window starts.</param>
    /// <param name="length">Samples in a window.</param>
    public ArrayView<float> Windows(ResidentPlan plan, List<int> starts, int length)
    {
        // Compiled when they are first needed: most devices never see sliding windows.
        _copy ??= accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<int>, int>(Copy);
        _gather ??= accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<int>, int, ArrayView<float>, int>(Gather);
        var block = _block.Take(pool.Capacity);
        var fresh = Stage(plan);
        _numbers.AddRange(starts);
        var numbers = _segments.Upload(CollectionsMarshal.AsSpan(_numbers));
        if (plan.Moves.Count > 0)
            _copy(new KernelConfig(plan.Moves.Count, _threads), block, block, numbers, 0);
        if (plan.Fills.Count > 0)
            _copy(new KernelConfig(plan.Fills.Count, _threads), fresh, block, numbers, Numbers * plan.Moves.Count);
        var windows = _windows.Take(starts.Count * length);
        _gather(new KernelConfig(starts.Count, _threads), block, numbers, Numbers * (plan.Moves.Count + plan.Fills.Count), windows, length);
        return windows;
    }

    public void Dispose()
    {
        _block.Dispose();
        _fresh.Dispose();
        _windows.Dispose();
        _segments.Dispose();
    }

    /// <summary>Uploads the plan's samples, and writes its segments: from, to, count.</summary>
    private ArrayView<float> Stage(ResidentPlan plan)
    {
        _numbers.Clear();
        foreach (var (from, to, count) in plan.Moves)
            _numbers.AddRange([from, to, count]);
        var total = 0;
        foreach (var (samples, _) in plan.Fills)
            total = checked(total + samples.Length);
        if (_staged.Length < total)
            _staged = new float[total];
        var at = 0;
        foreach (var (samples, to) in plan.Fills)
        {
            samples.Span.CopyTo(_staged.AsSpan(at));
            _numbers.AddRange([at, to, samples.Length]);
            at += samples.Length;
        }

        return _fresh.Upload(_staged.AsSpan(0, total));
    }

    /// <summary>One group a segment of three numbers, counted from <paramref name="first"/>.</summary>
    private static void Copy(ArrayView<float> source, ArrayView<float> target, ArrayView<int> segments, int first)
    {
        var at = first + (Grid.IdxX * Numbers);
        var from = segments[at];
        var to = segments[at + 1];
        var count = segments[at + 2];
        for (var i = Group.IdxX; i < count; i += Group.DimX)
            target[to + i] = source[from + i];
    }

    /// <summary>One group a window.</summary>
    private static void Gather(ArrayView<float> block, ArrayView<int> starts, int first, ArrayView<float> windows, int length)
    {
        var from = starts[first + Grid.IdxX];
        var to = (long)Grid.IdxX * length;
        for (var i = Group.IdxX; i < length; i += Group.DimX)
            windows[to + i] = block[from + i];
    }
}
