namespace IndustrialTwin.Operations.Images;

/// <summary>
/// In: <c>images</c> uint8 [images × height × width], <c>template</c> uint8 [height × width], <c>tolerance</c>, <c>threshold</c> int64. Out:
/// <c>mask</c> uint8 [images × height × width]: 0 where a pixel does not differ, 1 where the image is brighter, 2 where it is darker. The
/// regions are joined here, since nobody knows before how many there are.
/// </summary>
internal static class TemplateDifferenceWire
{
    public static OperationWire<TemplateDifferenceInput, ImageDifference[]> Instance { get; } = new RecordWire<TemplateDifferenceInput, ImageDifference[]>(
        [
            WireField<TemplateDifferenceInput>.UInt8("images", input => input.Images, input => [input.Count, input.Height, input.Width]),
            WireField<TemplateDifferenceInput>.UInt8("template", input => input.Template, input => [input.Height, input.Width]),
            WireField<TemplateDifferenceInput>.Int64("tolerance", input => input.Tolerance),
            WireField<TemplateDifferenceInput>.Int64("threshold", input => input.Threshold),
        ],
        input => [new("mask", ArrayElement.UInt8, input.Count, input.Height, input.Width)],
        Read);

    private static ImageDifference[] Read(TemplateDifferenceInput input, IReadOnlyList<NamedArray> results)
    {
        var mask = results[0].Data.Span;
        var bad = mask.IndexOfAnyExceptInRange(DifferenceMask.Same, DifferenceMask.Darker);
        if (bad >= 0)
            throw new InvalidDataException($"mask[{bad}] is {mask[bad]}; expected {DifferenceMask.Same}, {DifferenceMask.Brighter} or {DifferenceMask.Darker}.");
        var labels = new RegionLabels();
        var size = input.Width * input.Height;
        var differences = new ImageDifference[input.Count];
        for (var i = 0; i < differences.Length; i++)
            differences[i] = labels.Of(mask.Slice(i * size, size), input.Width, input.AreaMin);
        return differences;
    }
}
