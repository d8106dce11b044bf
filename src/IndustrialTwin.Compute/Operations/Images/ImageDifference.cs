namespace IndustrialTwin.Operations.Images;

/// <summary>Where one image differs from its template.</summary>
/// <param name="Regions">Regions of at least the least area, by their first pixel from top to bottom; empty when there are too many.</param>
/// <param name="DifferingPixels">Pixels that differ, those of small regions included.</param>
/// <param name="IsOverfull">More than <see cref="TemplateDifference.RegionsMax"/> regions, small ones included.</param>
public sealed record ImageDifference(DifferenceRegion[] Regions, int DifferingPixels, bool IsOverfull);

/// <summary>Pixels that differ and touch one another.</summary>
/// <param name="X">Leftmost column.</param>
/// <param name="Y">Topmost row.</param>
/// <param name="Width">Columns of the bounding box.</param>
/// <param name="Height">Rows of the bounding box.</param>
/// <param name="Area">Pixels.</param>
/// <param name="Brighter">Of these, pixels where the image is brighter than the template.</param>
public readonly record struct DifferenceRegion(int X, int Y, int Width, int Height, int Area, int Brighter);
