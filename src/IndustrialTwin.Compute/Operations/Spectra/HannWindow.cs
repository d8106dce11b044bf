namespace IndustrialTwin.Operations.Spectra;

/// <summary>The periodic Hann window and what it does to power. Σw = N/2 and Σw² = 3N/8 exactly.</summary>
internal static class HannWindow
{
    /// <summary>Equivalent noise bandwidth, N Σw² / (Σw)², in bins.</summary>
    public const double NoiseBandwidthBins = 1.5;

    public static double At(int index, int length) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * index / length));

    /// <summary>Factor from |X|² to power for the bins that have a mirror image; half of it for the first and the last.</summary>
    public static double PowerScale(int length) => 2 / (0.25 * length * length);
}
