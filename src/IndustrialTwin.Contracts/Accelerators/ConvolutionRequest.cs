namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for images to be filtered; past the border the nearest pixel stands. The answer has the filtered images one after the other, row by
/// row, in the pixels' unit times the weights'.
/// </summary>
/// <param name="Pixels">Images of one size, one after the other, row by row, all finite; at most 67,108,864.</param>
/// <param name="Width">Pixels in a row, 1 to 16,384.</param>
/// <param name="Height">Rows of an image, 1 to 16,384.</param>
/// <param name="Weights">The filter row by row, all finite.</param>
/// <param name="FilterWidth">Columns of the filter: odd, 1 to 15.</param>
/// <param name="FilterHeight">Rows of the filter: odd, 1 to 15.</param>
[GenerateSerializer, Immutable, Alias("itwin.convolution-request")]
public sealed record ConvolutionRequest(
    [property: Id(0)] float[] Pixels,
    [property: Id(1)] int Width,
    [property: Id(2)] int Height,
    [property: Id(3)] float[] Weights,
    [property: Id(4)] int FilterWidth,
    [property: Id(5)] int FilterHeight) : ComputeRequest;
