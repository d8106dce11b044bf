using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.MatrixProfiles;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is a series; its cost depends on its length.</summary>
internal sealed class MatrixProfileBinding() : KernelBinding<MatrixProfileRequest, MatrixProfileInput, MatrixProfileResult[]>(MatrixProfile.Instance)
{
    protected override MatrixProfileInput InputOf(MatrixProfileRequest request) => new(new WindowBatch(request.Series, request.SeriesRows), request.WidthRows);

    protected override ComputeReply ReplyTo(MatrixProfileRequest request, MatrixProfileResult[] result) =>
        Done([.. result.SelectMany(series => series.Distances)]) with { Result = new NeighboursResult([.. result.SelectMany(series => series.Neighbours)]) };

    protected override KernelShape ShapeOf(MatrixProfileRequest request) => new(request.SeriesRows, request.WidthRows);

    protected override long UnitsOf(MatrixProfileRequest request) =>
        WindowsOf(request.Series, nameof(request.Series), request.SeriesRows, nameof(request.SeriesRows));

    protected override long BytesOf(MatrixProfileRequest request) => sizeof(float) * (long)request.Series.Length;

    protected override MatrixProfileRequest NoiseOf(KernelShape shape, int units) =>
        new(KernelNoise.Floats((long)units * shape.First), shape.First, shape.Second);
}
