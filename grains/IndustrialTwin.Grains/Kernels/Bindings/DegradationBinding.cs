using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.MonteCarlo;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="UnitSteps"/> steps of all futures together.</summary>
internal sealed class DegradationBinding() : KernelBinding<DegradationRequest, DegradationInput, DegradationResult>(DegradationWhatIf.Instance)
{
    private const int NoiseSteps = 256;
    private const int UnitSteps = 1 << 16;

    protected override bool IsBatched => false;

    protected override DegradationInput InputOf(DegradationRequest request) => new(
        request.Level, request.Drift, request.Volatility, request.Threshold, request.Steps, request.Paths, request.Seed);

    protected override ComputeReply ReplyTo(DegradationRequest request, DegradationResult result) => Done(result.FailureSteps);

    protected override long UnitsOf(DegradationRequest request) => ((long)request.Steps * request.Paths) / UnitSteps;

    protected override long BytesOf(DegradationRequest request) => 0;

    protected override DegradationRequest NoiseOf(KernelShape shape, int units) =>
        new(0, 0, 1, double.MaxValue, NoiseSteps, units * (UnitSteps / NoiseSteps)); // None fails, so that all steps are done.
}
