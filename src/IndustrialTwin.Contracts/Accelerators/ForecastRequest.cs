namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for a linear forecast to be learned by ridge regression (NLinear where the last sample is subtracted). The answer's result is a
/// <see cref="ForecastModelData"/>.
/// </summary>
/// <param name="Series">Series of one length, one after the other, all finite; scale them alike, for instance to deviation 1.</param>
/// <param name="SeriesRows">Values in a series: more than input and horizon together, at most 4,194,304.</param>
/// <param name="InputRows">Values L that a forecast starts from, 1 to 1,024.</param>
/// <param name="HorizonRows">Values H ahead, 1 to 1,024.</param>
/// <param name="Ridge">Penalty on the squares of the weights, above 0, in the square of the signal's unit.</param>
/// <param name="IsLastSubtracted">Whether the last value is taken off the input and put back on the forecast.</param>
[GenerateSerializer, Immutable, Alias("itwin.forecast-fit-request")]
public sealed record ForecastFitRequest(
    [property: Id(0)] float[] Series,
    [property: Id(1)] int SeriesRows,
    [property: Id(2)] int InputRows,
    [property: Id(3)] int HorizonRows,
    [property: Id(4)] double Ridge = 1e-3,
    [property: Id(5)] bool IsLastSubtracted = true) : ComputeRequest;

/// <summary>Asks for the values after windows. The answer has H values a window, in the signal's unit.</summary>
/// <param name="Model">What a fit gave.</param>
/// <param name="Windows">Windows of the model's input length, one after the other, oldest value first, all finite.</param>
[GenerateSerializer, Immutable, Alias("itwin.forecast-request")]
public sealed record ForecastRequest([property: Id(0)] ForecastModelData Model, [property: Id(1)] float[] Windows) : ComputeRequest;

/// <summary>A fitted forecast: each value ahead is a weighted sum of the last values and a bias.</summary>
/// <param name="InputRows">Values L that a forecast starts from.</param>
/// <param name="HorizonRows">Values H ahead.</param>
/// <param name="IsLastSubtracted">Whether the last value is taken off the input and put back on the forecast.</param>
/// <param name="Weights">L × H, row by row; no unit.</param>
/// <param name="Bias">H values in the signal's unit.</param>
[GenerateSerializer, Immutable, Alias("itwin.forecast-model")]
public sealed record ForecastModelData(
    [property: Id(0)] int InputRows,
    [property: Id(1)] int HorizonRows,
    [property: Id(2)] bool IsLastSubtracted,
    [property: Id(3)] float[] Weights,
    [property: Id(4)] float[] Bias) : ComputeResult;
