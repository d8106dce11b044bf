using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>A line of machines to run many times.</summary>
/// <param name="Line">The line; jobs of equal ones share a launch.</param>
/// <param name="Cycles">Cycles to count, 1..<see cref="LineWhatIf.CyclesMax"/>.</param>
/// <param name="WarmUp">Cycles before counting starts, 0..<see cref="LineWhatIf.CyclesMax"/>; all machines start up, all buffers empty.</param>
/// <param name="Runs">Runs, 1..<see cref="LineWhatIf.RunsMax"/>.</param>
/// <param name="Seed">Equal seeds draw equal runs on every device.</param>
public readonly record struct LineInput(ProductionLine Line, int Cycles, int WarmUp, int Runs, ulong Seed = 1);

/// <summary>Parts that left the line.</summary>
/// <param name="Produced">Parts of each run in the cycles counted.</param>
/// <param name="Cycles">Cycles counted.</param>
public sealed record LineResult(int[] Produced, int Cycles)
{
    /// <summary>Mean parts per cycle over all runs.</summary>
    public double Throughput => Produced.Average() / Cycles;

    /// <summary>Parts that a share of the runs stay at or below.</summary>
    /// <param name="share">Above 0 to 1.</param>
    public int Quantile(double share)
    {
        if (!(share > 0 && share <= 1))
            throw new ArgumentException($"Share is {share}; expected above 0 to 1.", nameof(share));
        return Produced.Order().ElementAt((int)Math.Ceiling(share * Produced.Length) - 1);
    }
}

/// <summary>
/// Throughput of a serial line with finite buffers and machines that fail and are repaired at random (Li and Meerkov, Production Systems
/// Engineering, 2009, chapters 3 and 4): in each cycle an up machine with a part before it and room after it passes one part on; the last
/// machine moves first, so room that it makes counts at once and a part that comes counts in the next cycle. States are whole numbers and
/// draws are <c>Philox</c>'s, so all forms give the same runs.
/// </summary>
public sealed class LineWhatIf : Operation<LineInput, LineResult>
{
    /// <summary>Cycles at most, and cycles of warm-up at most.</summary>
    public const int CyclesMax = 1 << 20;

    /// <summary>Runs at most.</summary>
    public const int RunsMax = 1 << 18;

    /// <summary>Cycles of all runs at most.</summary>
    public const long WorkMax = 1L << 32;

    /// <summary>Cycles of all runs, a machine each, that take about a millisecond.</summary>
    private const long LongCycles = 1 << 20;

    private LineWhatIf()
    {
    }

    /// <summary>The operation.</summary>
    public static LineWhatIf Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "line-what-if";

    /// <inheritdoc/>
    public override bool IsSliced => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => LineIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(LineInput input)
    {
        if (input.Line is null)
            throw new ArgumentException($"{Name}: Line is missing.");
        if (input.Cycles is < 1 or > CyclesMax || input.WarmUp is < 0 or > CyclesMax)
            throw new ArgumentException($"{Name}: Cycles is {input.Cycles}, WarmUp is {input.WarmUp}; expected 1..{CyclesMax} and 0..{CyclesMax}.");
        if (input.Runs is < 1 or > RunsMax || ((long)input.Cycles + input.WarmUp) * input.Runs > WorkMax)
            throw new ArgumentException($"{Name}: Runs is {input.Runs}; expected 1..{RunsMax}, and at most {WorkMax} cycles of all runs.");
    }

    /// <inheritdoc/>
    public override bool IsLong(LineInput input) => ((long)input.Cycles + input.WarmUp) * input.Runs * input.Line.Machines > LongCycles;

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(LineInput input) => new(input.Cycles, input.WarmUp, input.Line);

    /// <inheritdoc/>
    public override int WindowsOf(LineInput input) => input.Runs;

    /// <inheritdoc/>
    public override OperationWire<LineInput, LineResult> Wire => LineWire.Instance;

    /// <inheritdoc/>
    public override LineResult Reference(LineInput input)
    {
        var line = input.Line;
        var produced = new int[input.Runs];
        for (var run = 0; run < input.Runs; run++)
        {
            var isUp = new bool[line.Machines];
            Array.Fill(isUp, true);
            var parts = new int[line.Machines];
            for (var cycle = 0; cycle < input.WarmUp + input.Cycles; cycle++)
            {
                for (var i = line.Machines - 1; i >= 0; i--)
                {
                    var draw = Philox.Draw((uint)cycle, (uint)run, (uint)(i / 4), 3, (uint)input.Seed, (uint)(input.Seed >> 32));
                    var word = (i % 4) switch { 0 => draw.First, 1 => draw.Second, 2 => draw.Third, _ => draw.Fourth };
                    isUp[i] = isUp[i] ? word >= line.FailureWords[i] : word < line.RepairWords[i];
                    if (!isUp[i] || (i > 0 && parts[i - 1] == 0) || (i < line.Machines - 1 && parts[i] == line.Buffers[i]))
                        continue;
                    if (i > 0)
                        parts[i - 1]--;
                    if (i < line.Machines - 1)
                        parts[i]++;
                    else if (cycle >= input.WarmUp)
                        produced[run]++;
                }
            }
        }

        return new LineResult(produced, input.Cycles);
    }

    /// <inheritdoc/>
    public override OperationForm<LineInput, LineResult> CreateNativeForm(NativeCode code) => new LineNative(code);

    /// <inheritdoc/>
    public override OperationForm<LineInput, LineResult> CreateIlgpuForm(Accelerator accelerator) => new LineIlgpu(accelerator);
}
