using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Autoencoders;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="KernelBinding{TRequest, TInput, TResult}.UnitRows"/> rows.</summary>
internal sealed class AutoencoderScoreBinding() : KernelBinding<AutoencoderScoreRequest, AutoencoderScoreInput, float[]>(AutoencoderScore.Instance)
{
    protected override AutoencoderScoreInput InputOf(AutoencoderScoreRequest request) =>
        new(new WindowBatch(request.Rows, request.Shape.Channels), new AutoencoderModel(ShapeOf(request.Shape), request.Parameters));

    protected override ComputeReply ReplyTo(AutoencoderScoreRequest request, float[] result) => Done(result);

    protected override KernelShape ShapeOf(AutoencoderScoreRequest request) => new(request.Shape.Channels, request.Shape.Hidden, request.Shape.Code);

    protected override long UnitsOf(AutoencoderScoreRequest request) =>
        UnitsFor(Present(request.Rows, nameof(request.Rows)).Length / Math.Max(1, request.Shape.Channels));

    protected override long BytesOf(AutoencoderScoreRequest request) =>
        sizeof(float) * ((long)request.Rows.Length + Present(request.Parameters, nameof(request.Parameters)).Length);

    protected override AutoencoderScoreRequest NoiseOf(KernelShape shape, int units)
    {
        var layers = new AutoencoderShapeData(shape.First, shape.Second, shape.Third);
        return new(layers, AutoencoderModel.Create(ShapeOf(layers), seed: 1).Parameters, KernelNoise.Floats((long)units * UnitRows * shape.First));
    }

    internal static AutoencoderShape ShapeOf(AutoencoderShapeData shape) => new(shape.Channels, shape.Hidden, shape.Code);
}
