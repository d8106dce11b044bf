namespace IndustrialTwin.Operations.Rolling;

/// <summary>An EWMA control chart.</summary>
/// <param name="Target">Mean of the process in control, in the signal's unit; also where the weighted mean starts.</param>
/// <param name="Deviation">Standard deviation of one sample in control, in the signal's unit, above 0.</param>
/// <param name="Width">Half width L of the limits in standard deviations of the weighted mean, above 0; 2.7 to 3 is usual.</param>
public readonly record struct ControlChart(double Target, double Deviation, double Width = 3);
