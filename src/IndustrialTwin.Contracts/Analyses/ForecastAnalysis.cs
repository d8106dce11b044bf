namespace IndustrialTwin.Analyses;

/// <summary>
/// How far each sample of one channel is from what a linear forecast, learned from the first rows, said before. Its features are
/// <c>residual</c>, the size of the difference over its root mean square in the learned rows, no unit; and <c>forecast</c>, what was said, in the
/// channel's unit.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channel">The channel.</param>
/// <param name="FitRows">
/// How many first rows are learned, more than twice <paramref name="InputRows"/> and <paramref name="HorizonRows"/> together, to 1,000,000.
/// </param>
/// <param name="InputRows">Samples that a forecast starts from, 1 to 1,024.</param>
/// <param name="HorizonRows">Samples ahead, 1 to 1,024.</param>
/// <param name="Ridge">Penalty on the squares of the weights, above 0; the rows are scaled to deviation 1.</param>
/// <param name="IsLastSubtracted">NLinear: the last sample is taken off and put back on, so that a shift of level is followed.</param>
[GenerateSerializer, Immutable, Alias("itwin.forecast-analysis")]
public sealed record ForecastAnalysis(
    string Name,
    [property: Id(0)] string Channel,
    [property: Id(1)] int FitRows,
    [property: Id(2)] int InputRows,
    [property: Id(3)] int HorizonRows,
    [property: Id(4)] double Ridge,
    [property: Id(5)] bool IsLastSubtracted) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => ["residual", "forecast"];
}
