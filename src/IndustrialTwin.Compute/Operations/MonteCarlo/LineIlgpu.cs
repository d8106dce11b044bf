using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>
/// One thread a run. Which machines are up is one word; the buffers of neighbouring runs lie side by side. A step of a long job takes some
/// runs on by some cycles; what they are like waits on the device.
/// </summary>
internal sealed class LineIlgpu : SlicedForm<LineInput, LineResult>
{
    private readonly Accelerator _accelerator;
    private readonly Action<Index1D, ArrayView<uint>, ArrayView<int>, ArrayView<int>, ArrayView<uint>, ArrayView<int>, LineRun> _kernel;
    private readonly Memory _memory;

    public LineIlgpu(Accelerator accelerator)
    {
        _accelerator = accelerator;
        _kernel = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<uint>, ArrayView<int>, ArrayView<int>, ArrayView<uint>, ArrayView<int>, LineRun>(Run);
        _memory = new(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Indexed(typeof(LineIlgpu), nameof(Run))];

    public override void Launch(ReadOnlySpan<LineInput> inputs, Span<LineResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            _memory.Start(inputs[job]);
            _memory.Launch(_kernel, inputs[job].Runs, new LineRun(inputs[job], 0, 0, inputs[job].WarmUp + inputs[job].Cycles));
            results[job] = _memory.Result(inputs[job]);
        }
    }

    public override SlicedRun<LineResult> Begin(LineInput input) => new LongRun(this, input);

    protected override void Dispose(bool disposing)
    {
        _memory.Dispose();
        base.Dispose(disposing);
    }

    private static void Run(
        Index1D index,
        ArrayView<uint> words,
        ArrayView<int> buffers,
        ArrayView<int> parts,
        ArrayView<uint> states,
        ArrayView<int> produced,
        LineRun settings)
    {
        var run = settings.FirstRun + index.X;
        var up = settings.From == 0 ? 0xFFFFFFFFu : states[run];
        var count = settings.From == 0 ? 0 : produced[run];
        var last = settings.Machines - 1;
        for (var i = 0; i < settings.Machines && settings.From == 0; i++)
            parts[(i * settings.Runs) + run] = 0;
        uint first = 0, second = 0, third = 0, fourth = 0;
        for (var cycle = settings.From; cycle < settings.End; cycle++)
        {
            for (var i = last; i >= 0; i--)
            {
                if (i == last || (i & 3) == 3)
                {
                    var draw = Philox.Draw((uint)cycle, (uint)run, (uint)(i / 4), 3, settings.SeedLow, settings.SeedHigh);
                    first = draw.First;
                    second = draw.Second;
                    third = draw.Third;
                    fourth = draw.Fourth;
                }

                var word = (i & 3) == 0 ? first : (i & 3) == 1 ? second : (i & 3) == 2 ? third : fourth;
                var bit = 1u << i;
                var isUp = (up & bit) != 0 ? word >= words[i] : word < words[settings.Machines + i];
                up = isUp ? up | bit : up & ~bit;
                var own = (i * settings.Runs) + run;
                var before = i > 0 ? own - settings.Runs : own;
                if (isUp && (i == 0 || parts[before] > 0) && (i == last || parts[own] < buffers[i]))
                {
                    if (i > 0)
                        parts[before] -= 1;
                    if (i < last)
                        parts[own] += 1;
                    else if (cycle >= settings.WarmUp)
                        count++;
                }
            }
        }

        states[run] = up;
        produced[run] = count;
    }

    /// <summary>Cycles <paramref name="from"/> to before <paramref name="end"/> of the runs from one on.</summary>
    internal readonly struct LineRun(LineInput input, int firstRun, int from, int end)
    {
        public readonly int Machines = input.Line.Machines;
        public readonly int Runs = input.Runs;
        public readonly int WarmUp = input.WarmUp;
        public readonly int FirstRun = firstRun;
        public readonly int From = from;
        public readonly int End = end;
        public readonly uint SeedLow = (uint)input.Seed;
        public readonly uint SeedHigh = (uint)(input.Seed >> 32);
    }

    private sealed class Memory(Accelerator accelerator) : IDisposable
    {
        private readonly IlgpuBuffer<uint> _words = new(accelerator);
        private readonly IlgpuBuffer<int> _buffers = new(accelerator);
        private readonly IlgpuBuffer<int> _parts = new(accelerator);
        private readonly IlgpuBuffer<uint> _states = new(accelerator);
        private readonly IlgpuBuffer<int> _produced = new(accelerator);
        private int _machines;
        private int _runs;

        public void Start(in LineInput input)
        {
            _words.Upload([.. input.Line.FailureWords, .. input.Line.RepairWords]);
            _buffers.Upload([.. input.Line.Buffers, 0]);
            (_machines, _runs) = (input.Line.Machines, input.Runs);
        }

        public void Launch(
            Action<Index1D, ArrayView<uint>, ArrayView<int>, ArrayView<int>, ArrayView<uint>, ArrayView<int>, LineRun> kernel, int runs, LineRun settings) =>
            kernel(
                runs,
                _words.Take(2 * _machines),
                _buffers.Take(_machines),
                _parts.Take(_runs * _machines),
                _states.Take(_runs),
                _produced.Take(_runs),
                settings);

        public LineResult Result(in LineInput input)
        {
            var produced = new int[input.Runs];
            _produced.Download(produced);
            return new LineResult(produced, input.Cycles);
        }

        public void Dispose()
        {
            _words.Dispose();
            _buffers.Dispose();
            _parts.Dispose();
            _states.Dispose();
            _produced.Dispose();
        }
    }

    private sealed class LongRun : SlicedRun<LineResult>
    {
        /// <summary>Runs that fill a multiprocessor.</summary>
        private const int RunsEach = 1_024;

        private readonly LineIlgpu _form;
        private readonly LineInput _input;
        private readonly Memory _memory;
        private readonly SlicePace _pace;
        private readonly int _block;
        private int _run;
        private int _cycle;

        public LongRun(LineIlgpu form, LineInput input)
        {
            (_form, _input, _memory) = (form, input, new Memory(form._accelerator));
            _pace = new SlicePace(4, input.WarmUp + input.Cycles + 4);
            _block = Math.Min(input.Runs, Math.Max(1, form._accelerator.NumMultiprocessors) * RunsEach);
            _memory.Start(input);
        }

        public override LineResult Result => _memory.Result(_input);

        public override bool Step()
        {
            var all = _input.WarmUp + _input.Cycles;
            var end = (int)Math.Min(all, (long)_cycle + _pace.Amount);
            _pace.Begin();
            _memory.Launch(_form._kernel, Math.Min(_block, _input.Runs - _run), new LineRun(_input, _run, _cycle, end));
            // What is only queued would make the next urgent job wait for more than this step.
            _form._accelerator.DefaultStream.Synchronize();
            _pace.End();
            _cycle = end;
            if (_cycle < all)
                return false;
            (_cycle, _run) = (0, _run + _block);
            return _run >= _input.Runs;
        }

        protected override void Dispose(bool disposing)
        {
            _memory.Dispose();
            base.Dispose(disposing);
        }
    }
}
