using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Matrices;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="KernelBinding{TRequest, TInput, TResult}.UnitRows"/> rows of the result; what one costs depends on the other extents.</summary>
internal sealed class MatrixProductBinding() : KernelBinding<MatrixProductRequest, MatrixProductInput, float[]>(MatrixProduct.Instance)
{
    protected override MatrixProductInput InputOf(MatrixProductRequest request) => new(
        request.A, request.B, request.Rows, request.Inner, request.Columns,
        request.IsATransposed, request.IsBTransposed, request.Alpha, request.Beta, request.C);

    protected override ComputeReply ReplyTo(MatrixProductRequest request, float[] result) => Done(result);

    protected override KernelShape ShapeOf(MatrixProductRequest request) => new(request.Inner, request.Columns);

    protected override long UnitsOf(MatrixProductRequest request) => UnitsFor(request.Rows);

    protected override long BytesOf(MatrixProductRequest request) => sizeof(float)
        * ((long)Present(request.A, nameof(request.A)).Length + Present(request.B, nameof(request.B)).Length + (request.C?.Length ?? 0));

    protected override MatrixProductRequest NoiseOf(KernelShape shape, int units) => new(
        KernelNoise.Floats((long)units * UnitRows * shape.First),
        KernelNoise.Floats((long)shape.First * shape.Second),
        units * UnitRows,
        shape.First,
        shape.Second);
}
