using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Gaussian;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="KernelBinding{TRequest, TInput, TResult}.UnitRows"/> rows that are scored.</summary>
internal sealed class LikelihoodBinding() : KernelBinding<LikelihoodRequest, GaussianLikelihoodInput, double[]>(GaussianLikelihood.Instance)
{
    protected override GaussianLikelihoodInput InputOf(LikelihoodRequest request) => new(
        request.Series, request.Origin, request.First, (int)RowsOf(request), request.WindowRows, request.StepRows);

    protected override ComputeReply ReplyTo(LikelihoodRequest request, double[] result) => Done(result);

    protected override KernelShape ShapeOf(LikelihoodRequest request) => new(request.WindowRows);

    protected override long UnitsOf(LikelihoodRequest request) => UnitsFor(Math.Clamp(RowsOf(request), 1, int.MaxValue));

    protected override long BytesOf(LikelihoodRequest request) => sizeof(double) * (long)request.Series.Length;

    protected override LikelihoodRequest NoiseOf(KernelShape shape, int units) =>
        new(KernelNoise.Doubles(shape.First + ((long)units * UnitRows)), 0, shape.First, shape.First, 1);

    private long RowsOf(LikelihoodRequest request) => request.Origin + Present(request.Series, nameof(request.Series)).Length - request.First;
}
