namespace IndustrialTwin.Operations.Forecasts;

/// <summary>A linear forecast: each step ahead is a weighted sum of the last samples and a bias.</summary>
/// <param name="InputLength">Samples L that a forecast starts from.</param>
/// <param name="Horizon">Steps H ahead.</param>
/// <param name="IsLastSubtracted">The last sample is taken off the input and put back on the forecast (NLinear).</param>
/// <param name="Weights">L × H, row-major; no unit.</param>
/// <param name="Bias">H values in the signal's unit.</param>
public sealed record ForecastModel(int InputLength, int Horizon, bool IsLastSubtracted, float[] Weights, float[] Bias);
