using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>One thread a path; only the limits go up and the failures come back.</summary>
internal sealed class DegradationIlgpu : OperationForm<DegradationInput, DegradationResult>
{
    private readonly Action<Index1D, ArrayView<int>, ArrayView<int>, int, uint, uint> _kernel;
    private readonly IlgpuBuffer<int> _limits;
    private readonly IlgpuBuffer<int> _failures;

    public DegradationIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>, int, uint, uint>(Run);
        _limits = new(accelerator);
        _failures = new(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Indexed(typeof(DegradationIlgpu), nameof(Run))];

    public override void Launch(ReadOnlySpan<DegradationInput> inputs, Span<DegradationResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var limits = _limits.Upload(DegradationWhatIf.Limits(input));
            _kernel(input.Paths, limits, _failures.Take(input.Paths), input.Steps, (uint)input.Seed, (uint)(input.Seed >> 32));
            var failures = new int[input.Paths];
            _failures.Download(failures);
            results[job] = new DegradationResult(failures);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _limits.Dispose();
        _failures.Dispose();
        base.Dispose(disposing);
    }

    private static void Run(Index1D path, ArrayView<int> limits, ArrayView<int> failures, int steps, uint seedLow, uint seedHigh)
    {
        var wear = 0;
        var failure = -1;
        for (var step = 1; step <= steps && failure < 0; step++)
        {
            var draw = Philox.Draw((uint)step, (uint)path.X, 0, 2, seedLow, seedHigh);
            wear += IntrinsicMath.PopCount(draw.First) + IntrinsicMath.PopCount(draw.Second)
                + IntrinsicMath.PopCount(draw.Third) + IntrinsicMath.PopCount(draw.Fourth) - 64;
            if (wear >= limits[step - 1])
                failure = step;
        }

        failures[path] = failure;
    }
}
