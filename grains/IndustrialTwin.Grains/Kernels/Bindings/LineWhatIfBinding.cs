using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.MonteCarlo;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="UnitCycles"/> cycles of all runs together; what one costs depends on the machines.</summary>
internal sealed class LineWhatIfBinding() : KernelBinding<LineWhatIfRequest, LineInput, LineResult>(LineWhatIf.Instance)
{
    private const int NoiseCycles = 256;
    private const int UnitCycles = 1 << 16;

    protected override bool IsBatched => false;

    protected override LineInput InputOf(LineWhatIfRequest request) => new(
        new ProductionLine(
            [.. Present(request.Machines, nameof(request.Machines)).Select(machine => (machine.Failure, machine.Repair))],
            Present(request.Buffers, nameof(request.Buffers))),
        request.Cycles,
        request.WarmUp,
        request.Runs,
        request.Seed);

    protected override ComputeReply ReplyTo(LineWhatIfRequest request, LineResult result) => Done(result.Produced);

    protected override KernelShape ShapeOf(LineWhatIfRequest request) => new(Present(request.Machines, nameof(request.Machines)).Length);

    protected override long UnitsOf(LineWhatIfRequest request) => (((long)request.Cycles + request.WarmUp) * request.Runs) / UnitCycles;

    protected override long BytesOf(LineWhatIfRequest request) => 0;

    protected override LineWhatIfRequest NoiseOf(KernelShape shape, int units) => new(
        [.. Enumerable.Repeat(new MachineOdds(0.05, 0.4), (int)KernelNoise.Checked(shape.First))],
        [.. Enumerable.Repeat(4, shape.First - 1)],
        NoiseCycles,
        0,
        units * (UnitCycles / NoiseCycles));
}
