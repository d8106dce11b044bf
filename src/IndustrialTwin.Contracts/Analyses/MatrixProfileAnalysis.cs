namespace IndustrialTwin.Analyses;

/// <summary>
/// How unlike the newest stretch of one channel is to all stretches before it: its distance in the matrix profile of the history. Its one
/// feature <c>discord</c> is √(1 - r) with the greatest correlation r: 0 where it was there before, 1 where nothing is like it; no unit.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channel">The channel.</param>
/// <param name="HistoryRows">Samples that are compared, the newest stretch included, 16 to 4,096: the cost grows with its square.</param>
/// <param name="WidthRows">Samples in a stretch, 4 to half of <paramref name="HistoryRows"/>.</param>
/// <param name="StrideRows">Samples from one point to the next, 1 to <paramref name="HistoryRows"/>.</param>
[GenerateSerializer, Immutable, Alias("itwin.matrix-profile-analysis")]
public sealed record MatrixProfileAnalysis(
    string Name,
    [property: Id(0)] string Channel,
    [property: Id(1)] int HistoryRows,
    [property: Id(2)] int WidthRows,
    [property: Id(3)] int StrideRows) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => ["discord"];
}
