using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>One thread a run. Which machines are up is one word; the buffers of neighbouring runs lie side by side.</summary>
internal sealed class LineIlgpu : OperationForm<LineInput, LineResult>
{
    private readonly Action<Index1D, ArrayView<uint>, ArrayView<int>, ArrayView<int>, ArrayView<int>, LineRun> _kernel;
    private readonly IlgpuBuffer<uint> _words;
    private readonly IlgpuBuffer<int> _buffers;
    private readonly IlgpuBuffer<int> _parts;
    private readonly IlgpuBuffer<int> _produced;

    public LineIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<uint>, ArrayView<int>, ArrayView<int>, ArrayView<int>, LineRun>(Run);
        _words = new(accelerator);
        _buffers = new(accelerator);
        _parts = new(accelerator);
        _produced = new(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Indexed(typeof(LineIlgpu), nameof(Run))];

    public override void Launch(ReadOnlySpan<LineInput> inputs, Span<LineResult> results)
    {
        var line = inputs[0].Line;
        var words = _words.Upload([.. line.FailureWords, .. line.RepairWords]);
        var buffers = _buffers.Upload([.. line.Buffers, 0]);
        for (var job = 0; job < inputs.Length; job++)
        {
            var runs = inputs[job].Runs;
            _kernel(runs, words, buffers, _parts.Take(runs * line.Machines), _produced.Take(runs), new LineRun(inputs[job]));
            var produced = new int[runs];
            _produced.Download(produced);
            results[job] = new LineResult(produced, inputs[job].Cycles);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _words.Dispose();
        _buffers.Dispose();
        _parts.Dispose();
        _produced.Dispose();
        base.Dispose(disposing);
    }

    private static void Run(
        Index1D run, ArrayView<uint> words, ArrayView<int> buffers, ArrayView<int> parts, ArrayView<int> produced, LineRun settings)
    {
        var up = 0xFFFFFFFFu;
        var count = 0;
        var last = settings.Machines - 1;
        for (var i = 0; i < settings.Machines; i++)
            parts[(i * settings.Runs) + run] = 0;
        uint first = 0, second = 0, third = 0, fourth = 0;
        for (var cycle = 0; cycle < settings.End; cycle++)
        {
            for (var i = last; i >= 0; i--)
            {
                if (i == last || (i & 3) == 3)
                {
                    var draw = Philox.Draw((uint)cycle, (uint)run.X, (uint)(i / 4), 3, settings.SeedLow, settings.SeedHigh);
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

        produced[run] = count;
    }

    internal readonly struct LineRun(LineInput input)
    {
        public readonly int Machines = input.Line.Machines;
        public readonly int Runs = input.Runs;
        public readonly int WarmUp = input.WarmUp;
        public readonly int End = input.WarmUp + input.Cycles;
        public readonly uint SeedLow = (uint)input.Seed;
        public readonly uint SeedHigh = (uint)(input.Seed >> 32);
    }
}
