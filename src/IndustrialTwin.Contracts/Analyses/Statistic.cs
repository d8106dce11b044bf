namespace IndustrialTwin.Analyses;

/// <summary>A statistic of a window.</summary>
[GenerateSerializer, Alias("itwin.statistic")]
public enum Statistic
{
    /// <summary>Arithmetic mean, in the channel's unit.</summary>
    Mean,

    /// <summary>Population standard deviation, in the channel's unit.</summary>
    StandardDeviation,

    /// <summary>Smallest value, in the channel's unit.</summary>
    Minimum,

    /// <summary>Largest value, in the channel's unit.</summary>
    Maximum,

    /// <summary>Root mean square, in the channel's unit.</summary>
    Rms,

    /// <summary>Largest absolute value, in the channel's unit.</summary>
    Peak,

    /// <summary>Largest less smallest value, in the channel's unit.</summary>
    PeakToPeak,

    /// <summary>Peak over rms, no unit.</summary>
    CrestFactor,

    /// <summary>Third standardised moment, no unit.</summary>
    Skewness,

    /// <summary>Fourth standardised moment less 3, no unit.</summary>
    Kurtosis,
}
