namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for the matrix profile of series: for every subsequence the distance to the one most like it, no unit, 0 to 2√width; infinite where
/// there is none. The answer has the distances, series by series, and a <see cref="NeighboursResult"/>. A series has rows - width + 1
/// subsequences; the cost grows with the square of that.
/// </summary>
/// <param name="Series">Series of one length, one after the other, all finite.</param>
/// <param name="SeriesRows">Values in a series, 8 to 65,536.</param>
/// <param name="WidthRows">Values in a subsequence, 4 to half of <paramref name="SeriesRows"/>.</param>
[GenerateSerializer, Immutable, Alias("itwin.matrix-profile-request")]
public sealed record MatrixProfileRequest(
    [property: Id(0)] float[] Series, [property: Id(1)] int SeriesRows, [property: Id(2)] int WidthRows) : ComputeRequest;

/// <summary>The nearest neighbours of subsequences.</summary>
/// <param name="Neighbours">For each subsequence the first sample of its nearest neighbour within its series; -1 where there is none.</param>
[GenerateSerializer, Immutable, Alias("itwin.neighbours-result")]
public sealed record NeighboursResult([property: Id(0)] int[] Neighbours) : ComputeResult;
