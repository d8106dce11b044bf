namespace IndustrialTwin.Operations.Images;

/// <summary>
/// In: <c>pixels</c> float32 [images × height × width], <c>weights</c> float32 [filter height × filter width]. Out: <c>filtered</c> float32
/// [images × height × width].
/// </summary>
internal static class ConvolutionWire
{
    public static OperationWire<ConvolutionInput, float[]> Instance { get; } = new RecordWire<ConvolutionInput, float[]>(
        [
            WireField<ConvolutionInput>.Float32("pixels", input => input.Pixels, input => [input.Count, input.Height, input.Width]),
            WireField<ConvolutionInput>.Float32("weights", input => input.Filter.Memory, input => [input.Filter.Height, input.Filter.Width]),
        ],
        input => [new("filtered", ArrayElement.Float32, input.Count, input.Height, input.Width)],
        (_, results) => results[0].ToFloat32());
}
