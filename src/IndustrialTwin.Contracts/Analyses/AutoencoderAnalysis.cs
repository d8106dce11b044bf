namespace IndustrialTwin.Analyses;

/// <summary>
/// Reconstruction error of each row over several channels by a small dense autoencoder that learned the first rows, taken as normal. Its one
/// feature <c>error</c> is the mean squared error over the limit, so 1 is the limit itself; no unit. The limit is a quantile of what the
/// learned rows give.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channels">The channels of a row, 1 to 64; each is scaled by its mean and deviation in the learned rows.</param>
/// <param name="FitRows">How many first rows are learned, 16 to 65,536; they get no score.</param>
/// <param name="Hidden">Units of the outer hidden layers, 1 to 1,024.</param>
/// <param name="Code">Units of the innermost layer, 1 to 1,024: fewer than the channels have independent movements.</param>
/// <param name="Steps">Steps of training, 1 to 100,000, of 64 rows each.</param>
/// <param name="Quantile">Share of the learned rows within the limit, above 0 to 1.</param>
[GenerateSerializer, Immutable, Alias("itwin.autoencoder-analysis")]
public sealed record AutoencoderAnalysis(
    string Name,
    [property: Id(0)] string[] Channels,
    [property: Id(1)] int FitRows,
    [property: Id(2)] int Hidden,
    [property: Id(3)] int Code,
    [property: Id(4)] int Steps,
    [property: Id(5)] double Quantile) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => Channels;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => ["error"];
}
