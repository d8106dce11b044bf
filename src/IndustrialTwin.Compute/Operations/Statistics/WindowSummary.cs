namespace IndustrialTwin.Operations.Statistics;

/// <summary>The statistics of one window, in the unit of its samples where they have one.</summary>
/// <param name="Min">Least sample.</param>
/// <param name="Max">Greatest sample.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Of the population: divided by the number of samples.</param>
/// <param name="Rms">Root mean square, offset included.</param>
/// <param name="Peak">Greatest magnitude.</param>
/// <param name="CrestFactor">Peak / RMS; 0 for a window of zeros.</param>
/// <param name="Skewness">Third standardised moment of the population; 0 for a constant window.</param>
/// <param name="Kurtosis">Fourth standardised moment of the population less 3; 0 for a constant window.</param>
/// <param name="PeakToPeak">Max - Min.</param>
public readonly record struct WindowSummary(
    double Min,
    double Max,
    double Mean,
    double StandardDeviation,
    double Rms,
    double Peak,
    double CrestFactor,
    double Skewness,
    double Kurtosis,
    double PeakToPeak)
{
    /// <summary>Finishes what every form reduces a window to.</summary>
    /// <param name="length">Samples.</param>
    /// <param name="min">Least sample.</param>
    /// <param name="max">Greatest sample.</param>
    /// <param name="mean">Mean.</param>
    /// <param name="sum2">Sum of (x - mean)².</param>
    /// <param name="sum3">Sum of (x - mean)³.</param>
    /// <param name="sum4">Sum of (x - mean)⁴.</param>
    internal static WindowSummary From(int length, double min, double max, double mean, double sum2, double sum3, double sum4)
    {
        // A constant window has no deviation, whatever rounding the mean has left.
        var variance = min == max ? 0 : sum2 / length;
        var deviation = Math.Sqrt(variance);
        var rms = Math.Sqrt((mean * mean) + variance);
        var peak = Math.Max(Math.Abs(min), Math.Abs(max));
        return new WindowSummary(
            min,
            max,
            mean,
            deviation,
            rms,
            peak,
            rms > 0 ? peak / rms : 0,
            variance > 0 ? sum3 / length / (variance * deviation) : 0,
            variance > 0 ? (sum4 / length / (variance * variance)) - 3 : 0,
            max - min);
    }
}
