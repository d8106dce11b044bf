using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Images;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is an image; its cost depends on its size and the filter's.</summary>
internal sealed class ConvolutionBinding() : KernelBinding<ConvolutionRequest, ConvolutionInput, float[]>(Convolution.Instance)
{
    protected override ConvolutionInput InputOf(ConvolutionRequest request) => new(
        request.Pixels, request.Width, request.Height, new ImageFilter(request.Weights, request.FilterWidth, request.FilterHeight));

    protected override ComputeReply ReplyTo(ConvolutionRequest request, float[] result) => Done(result);

    protected override KernelShape ShapeOf(ConvolutionRequest request) => new(request.Width, request.Height, request.FilterWidth, request.FilterHeight);

    protected override long UnitsOf(ConvolutionRequest request) =>
        Present(request.Pixels, nameof(request.Pixels)).Length / Math.Max(1, (long)request.Width * request.Height);

    protected override long BytesOf(ConvolutionRequest request) => sizeof(float) * (long)request.Pixels.Length;

    protected override ConvolutionRequest NoiseOf(KernelShape shape, int units) => new(
        KernelNoise.Floats((long)units * shape.First * shape.Second),
        shape.First,
        shape.Second,
        KernelNoise.Floats((long)shape.Third * shape.Fourth),
        shape.Third,
        shape.Fourth);
}
