namespace IndustrialTwin.Analyses;

/// <summary>
/// What a twin computes from its channels. Each analysis yields one or more features, series of values in event time,
/// named <c>analysis/feature</c>.
/// </summary>
/// <param name="Name">The analysis' name, unique within its machine type.</param>
[GenerateSerializer, Immutable, Alias("itwin.analysis")]
public abstract record AnalysisDeclaration([property: Id(0)] string Name)
{
    /// <summary>The channels it reads.</summary>
    public abstract IReadOnlyList<string> Inputs { get; }

    /// <summary>The features it yields, in the order of a result's values, without the analysis' name.</summary>
    public abstract IReadOnlyList<string> Features { get; }

    /// <summary>The full name of a feature: <c>analysis/feature</c>.</summary>
    public string FeatureName(string feature) => $"{Name}/{feature}";
}

/// <summary>Statistics of successive windows of one channel.</summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channel">The channel.</param>
/// <param name="WindowRows">Samples in a window, 2 to 65,536.</param>
/// <param name="StrideRows">Samples from one window's start to the next one's, 1 to <paramref name="WindowRows"/>.</param>
/// <param name="Statistics">The features, each a statistic.</param>
[GenerateSerializer, Immutable, Alias("itwin.window-statistics-analysis")]
public sealed record WindowStatisticsAnalysis(
    string Name,
    [property: Id(0)] string Channel,
    [property: Id(1)] int WindowRows,
    [property: Id(2)] int StrideRows,
    [property: Id(3)] Statistic[] Statistics) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => [.. Statistics.Select(FeatureOf)];

    /// <summary>The feature's name of a statistic: <c>crest-factor</c>.</summary>
    public static string FeatureOf(Statistic statistic) => statistic switch
    {
        Statistic.StandardDeviation => "standard-deviation",
        Statistic.PeakToPeak => "peak-to-peak",
        Statistic.CrestFactor => "crest-factor",
        _ => statistic.ToString().ToLowerInvariant(),
    };
}

/// <summary>Band powers of the Hann-windowed power spectrum of one channel's successive windows.</summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channel">The channel.</param>
/// <param name="RateHz">The channel's sampling rate.</param>
/// <param name="WindowRows">Samples in a window: a power of two, 32 to 65,536.</param>
/// <param name="StrideRows">Samples from one window's start to the next one's, 1 to <paramref name="WindowRows"/>.</param>
/// <param name="Bands">The features, each the power in a band, in the channel's unit squared.</param>
[GenerateSerializer, Immutable, Alias("itwin.spectrum-analysis")]
public sealed record SpectrumAnalysis(
    string Name,
    [property: Id(0)] string Channel,
    [property: Id(1)] double RateHz,
    [property: Id(2)] int WindowRows,
    [property: Id(3)] int StrideRows,
    [property: Id(4)] Band[] Bands) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => [.. Bands.Select(band => band.Name)];
}

/// <summary>
/// Hotelling's T² of each row over several channels, against the first rows taken as normal.
/// Its one feature <c>t2</c> is T² over the upper control limit, so 1 is the limit itself; no unit.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channels">The channels of a row, 1 to 64.</param>
/// <param name="FitRows">How many first rows are fitted, more than the channels; they get no score.</param>
[GenerateSerializer, Immutable, Alias("itwin.hotelling-analysis")]
public sealed record HotellingAnalysis(
    string Name,
    [property: Id(0)] string[] Channels,
    [property: Id(1)] int FitRows) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => Channels;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => ["t2"];
}

/// <summary>
/// The windowed-Gaussian anomaly likelihood of each sample of one channel (the Numenta Anomaly Benchmark's detector of that name).
/// Its one feature <c>likelihood</c> lies in 0..1.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Channel">The channel.</param>
/// <param name="WindowRows">Samples in the window, 2 to 65,536.</param>
/// <param name="StepRows">How many samples pass before the window moves, 1 to <paramref name="WindowRows"/>.</param>
[GenerateSerializer, Immutable, Alias("itwin.likelihood-analysis")]
public sealed record LikelihoodAnalysis(
    string Name,
    [property: Id(0)] string Channel,
    [property: Id(1)] int WindowRows,
    [property: Id(2)] int StepRows) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => ["likelihood"];
}
