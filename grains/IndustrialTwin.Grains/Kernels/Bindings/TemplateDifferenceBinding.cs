using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Images;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is an image; its cost depends on its size and the tolerance, which stands in the shape one higher, since it may be 0.</summary>
internal sealed class TemplateDifferenceBinding()
    : KernelBinding<TemplateDifferenceRequest, TemplateDifferenceInput, ImageDifference[]>(TemplateDifference.Instance)
{
    protected override TemplateDifferenceInput InputOf(TemplateDifferenceRequest request) => new(
        request.Images, request.Template, request.Width, request.Height, request.Tolerance, request.Threshold, request.AreaMin);

    protected override ComputeReply ReplyTo(TemplateDifferenceRequest request, ImageDifference[] result) =>
        Done(Array.ConvertAll(result, image => image.DifferingPixels)) with
        {
            Result = new DifferenceResult(Array.ConvertAll(result, image => new ImageDifferenceData(
                Array.ConvertAll(
                    image.Regions,
                    region => new DifferenceRegionData(region.X, region.Y, region.Width, region.Height, region.Area, region.Brighter)),
                image.IsOverfull))),
        };

    protected override KernelShape ShapeOf(TemplateDifferenceRequest request) => new(request.Width, request.Height, request.Tolerance + 1);

    protected override long UnitsOf(TemplateDifferenceRequest request) =>
        Present(request.Images, nameof(request.Images)).Length / Math.Max(1, (long)request.Width * request.Height);

    protected override long BytesOf(TemplateDifferenceRequest request) =>
        (long)request.Images.Length + Present(request.Template, nameof(request.Template)).Length;

    /// <summary>What differs is rare in a plant, and noise all over would be nothing but regions: the images differ in a few rows.</summary>
    protected override TemplateDifferenceRequest NoiseOf(KernelShape shape, int units)
    {
        var pixels = (long)shape.First * shape.Second;
        var images = new byte[KernelNoise.Checked(units * pixels)];
        KernelNoise.Bytes(Math.Min(pixels, shape.First)).CopyTo(images, 0);
        return new(images, new byte[pixels], shape.First, shape.Second, shape.Third - 1);
    }
}
