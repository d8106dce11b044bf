namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks where images of a part differ from that of a good one. The answer has the number of pixels that differ in each image, and a
/// <see cref="DifferenceResult"/> with the regions that they form.
/// </summary>
/// <param name="Images">Grey images of one size, one after the other, row by row; at most 67,108,864 pixels.</param>
/// <param name="Template">One image of the same size.</param>
/// <param name="Width">Pixels in a row, 1 to 16,384.</param>
/// <param name="Height">Rows of an image, 1 to 16,384.</param>
/// <param name="Tolerance">Pixels by which the images may be out of register, 0 to 16.</param>
/// <param name="Threshold">Grey levels by which a pixel may differ, 0 to 254.</param>
/// <param name="AreaMin">Pixels that a region must have to be reported, 1 or more.</param>
[GenerateSerializer, Immutable, Alias("itwin.template-difference-request")]
public sealed record TemplateDifferenceRequest(
    [property: Id(0)] byte[] Images,
    [property: Id(1)] byte[] Template,
    [property: Id(2)] int Width,
    [property: Id(3)] int Height,
    [property: Id(4)] int Tolerance = 2,
    [property: Id(5)] int Threshold = 64,
    [property: Id(6)] int AreaMin = 4) : ComputeRequest;

/// <summary>Where images differ from their template.</summary>
/// <param name="Images">An entry an image.</param>
[GenerateSerializer, Immutable, Alias("itwin.difference-result")]
public sealed record DifferenceResult([property: Id(0)] ImageDifferenceData[] Images) : ComputeResult;

/// <summary>Where one image differs from its template.</summary>
/// <param name="Regions">Regions of at least the least area, by their first pixel from top to bottom; empty when there are too many.</param>
/// <param name="IsOverfull">Whether there are more than 4,096 regions, small ones included: the image is not of the template's part.</param>
[GenerateSerializer, Immutable, Alias("itwin.image-difference")]
public sealed record ImageDifferenceData([property: Id(0)] DifferenceRegionData[] Regions, [property: Id(1)] bool IsOverfull);

/// <summary>Pixels that differ and touch one another.</summary>
/// <param name="X">Leftmost column.</param>
/// <param name="Y">Topmost row.</param>
/// <param name="Width">Columns of the bounding box.</param>
/// <param name="Height">Rows of the bounding box.</param>
/// <param name="Area">Pixels.</param>
/// <param name="Brighter">Of these, pixels where the image is brighter than the template.</param>
[GenerateSerializer, Immutable, Alias("itwin.difference-region")]
public readonly record struct DifferenceRegionData(
    [property: Id(0)] int X, [property: Id(1)] int Y, [property: Id(2)] int Width, [property: Id(3)] int Height, [property: Id(4)] int Area, [property: Id(5)] int Brighter);
