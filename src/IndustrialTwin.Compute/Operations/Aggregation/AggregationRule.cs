namespace IndustrialTwin.Operations.Aggregation;

/// <summary>How the gradients of many workers become one.</summary>
public enum AggregationRule
{
    /// <summary>Mean weighted by, say, each worker's samples (McMahan et al. 2017). One bad worker moves it as far as it likes.</summary>
    WeightedMean,

    /// <summary>Coordinate by coordinate the mean of what is left without a share of the least and of the greatest (Yin et al. 2018).</summary>
    TrimmedMean,

    /// <summary>Coordinate by coordinate the middle value (Yin et al. 2018); half of the workers may be bad.</summary>
    Median,
}
