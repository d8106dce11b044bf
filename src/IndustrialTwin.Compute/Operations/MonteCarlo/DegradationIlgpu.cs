using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>
/// One thread a path; only the limits go up and the failures come back. A step of a long job takes some paths on by some steps; how worn they
/// are waits on the device.
/// </summary>
internal sealed class DegradationIlgpu : SlicedForm<DegradationInput, DegradationResult>
{
    private readonly Accelerator _accelerator;
    private readonly Action<Index1D, ArrayView<int>, ArrayView<int>, ArrayView<int>, PathSteps> _kernel;
    private readonly Memory _memory;

    public DegradationIlgpu(Accelerator accelerator)
    {
        _accelerator = accelerator;
        _kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>, ArrayView<int>, PathSteps>(Run);
        _memory = new(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Indexed(typeof(DegradationIlgpu), nameof(Run))];

    public override void Launch(ReadOnlySpan<DegradationInput> inputs, Span<DegradationResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            _memory.Start(input);
            _memory.Launch(_kernel, input.Paths, new PathSteps(0, 0, input.Steps, input.Seed));
            results[job] = _memory.Result();
        }
    }

    public override SlicedRun<DegradationResult> Begin(DegradationInput input) => new LongRun(this, input);

    protected override void Dispose(bool disposing)
    {
        _memory.Dispose();
        base.Dispose(disposing);
    }

    private static void Run(Index1D index, ArrayView<int> limits, ArrayView<int> wears, ArrayView<int> failures, PathSteps steps)
    {
        var path = steps.FirstPath + index.X;
        var wear = steps.From == 0 ? 0 : wears[path];
        var failure = steps.From == 0 ? -1 : failures[path];
        for (var step = steps.From + 1; step <= steps.End && failure < 0; step++)
        {
            var draw = Philox.Draw((uint)step, (uint)path, 0, 2, steps.SeedLow, steps.SeedHigh);
            wear += IntrinsicMath.PopCount(draw.First) + IntrinsicMath.PopCount(draw.Second)
                + IntrinsicMath.PopCount(draw.Third) + IntrinsicMath.PopCount(draw.Fourth) - 64;
            if (wear >= limits[step - 1])
                failure = step;
        }

        wears[path] = wear;
        failures[path] = failure;
    }

    /// <summary>Steps <paramref name="from"/> + 1 to <paramref name="end"/> of the paths from one on.</summary>
    internal readonly struct PathSteps(int firstPath, int from, int end, ulong seed)
    {
        public readonly int FirstPath = firstPath;
        public readonly int From = from;
        public readonly int End = end;
        public readonly uint SeedLow = (uint)seed;
        public readonly uint SeedHigh = (uint)(seed >> 32);
    }

    private sealed class Memory(Accelerator accelerator) : IDisposable
    {
        private readonly IlgpuBuffer<int> _limits = new(accelerator);
        private readonly IlgpuBuffer<int> _wears = new(accelerator);
        private readonly IlgpuBuffer<int> _failures = new(accelerator);
        private int _steps;
        private int _paths;

        public void Start(in DegradationInput input) => Start(DegradationWhatIf.Limits(input), input.Paths);

        public void Start(int[] limits, int paths)
        {
            _limits.Upload(limits);
            (_steps, _paths) = (limits.Length, paths);
        }

        public void Launch(Action<Index1D, ArrayView<int>, ArrayView<int>, ArrayView<int>, PathSteps> kernel, int paths, PathSteps steps) =>
            kernel(paths, _limits.Take(_steps), _wears.Take(_paths), _failures.Take(_paths), steps);

        public DegradationResult Result()
        {
            var failures = new int[_paths];
            _failures.Download(failures);
            return new DegradationResult(failures);
        }

        public void Dispose()
        {
            _limits.Dispose();
            _wears.Dispose();
            _failures.Dispose();
        }
    }

    private sealed class LongRun(DegradationIlgpu form, DegradationInput input) : SlicedRun<DegradationResult>
    {
        private const int LimitsAStep = 1 << 16;

        /// <summary>Paths that fill a multiprocessor.</summary>
        private const int PathsEach = 1_024;

        private readonly Memory _memory = new(form._accelerator);
        private readonly SlicePace _pace = new(16, input.Steps + 16);
        private readonly int[] _limits = new int[input.Steps];
        private readonly int _block = Math.Min(input.Paths, Math.Max(1, form._accelerator.NumMultiprocessors) * PathsEach);
        private int _known;
        private int _path;
        private int _step;

        public override DegradationResult Result => _memory.Result();

        public override bool Step()
        {
            if (_known < _limits.Length)
            {
                var end = Math.Min(_limits.Length, _known + LimitsAStep);
                DegradationWhatIf.Limits(input, _limits, _known, end);
                _known = end;
                if (_known == _limits.Length)
                    _memory.Start(_limits, input.Paths);
                return false;
            }

            var steps = new PathSteps(_path, _step, (int)Math.Min(input.Steps, (long)_step + _pace.Amount), input.Seed);
            _pace.Begin();
            _memory.Launch(form._kernel, Math.Min(_block, input.Paths - _path), steps);
            // What is only queued would make the next urgent job wait for more than this step.
            form._accelerator.DefaultStream.Synchronize();
            _pace.End();
            _step = steps.End;
            if (_step < input.Steps)
                return false;
            (_step, _path) = (0, _path + _block);
            return _path >= input.Paths;
        }

        protected override void Dispose(bool disposing)
        {
            _memory.Dispose();
            base.Dispose(disposing);
        }
    }
}
