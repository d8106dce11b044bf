namespace IndustrialTwin.Operations.Spectra;

/// <summary>A band of frequencies, from low (inclusive) to high (exclusive).</summary>
/// <param name="LowHz">0 or above.</param>
/// <param name="HighHz">Above <paramref name="LowHz"/>.</param>
public readonly record struct FrequencyBand(double LowHz, double HighHz);
