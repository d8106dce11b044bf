namespace IndustrialTwin.Analyses;

/// <summary>
/// Exponentially weighted statistics of one channel against its first rows, taken as in control. Its features are <c>ewma</c>, how far the
/// weighted mean is from the learned mean over the control limit (Roberts 1959), so 1 is the limit itself; and <c>spread</c>, the weighted
/// standard deviation over the learned one. No units. Small shifts that last are seen long before a single sample is out of its range.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channel">The channel.</param>
/// <param name="FitRows">How many first rows are learned, 2 to 1,000,000; they get no score.</param>
/// <param name="Smoothing">Weight λ of the newest sample, above 0 to 1.</param>
/// <param name="LimitWidth">Half width of the limits in standard deviations of the weighted mean, above 0; 2.7 to 3 is usual.</param>
[GenerateSerializer, Immutable, Alias("itwin.rolling-analysis")]
public sealed record RollingAnalysis(
    string Name,
    [property: Id(0)] string Channel,
    [property: Id(1)] int FitRows,
    [property: Id(2)] double Smoothing,
    [property: Id(3)] double LimitWidth) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => ["ewma", "spread"];
}
