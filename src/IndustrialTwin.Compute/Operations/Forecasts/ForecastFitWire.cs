namespace IndustrialTwin.Operations.Forecasts;

/// <summary>
/// In: <c>samples</c> float32 [series × length], <c>input-length</c> and <c>horizon</c> int64, <c>ridge</c> float64, <c>is-last-subtracted</c> int64, 0
/// or 1. Out: <c>weights</c> float32 [input length × horizon], <c>bias</c> float32 [horizon].
/// </summary>
internal static class ForecastFitWire
{
    public static OperationWire<ForecastFitInput, ForecastModel> Instance { get; } = new RecordWire<ForecastFitInput, ForecastModel>(
        [
            WireField<ForecastFitInput>.Windows("samples", input => input.Series),
            WireField<ForecastFitInput>.Int64("input-length", input => input.InputLength),
            WireField<ForecastFitInput>.Int64("horizon", input => input.Horizon),
            WireField<ForecastFitInput>.Float64("ridge", input => input.Ridge),
            WireField<ForecastFitInput>.Int64("is-last-subtracted", input => input.IsLastSubtracted ? 1 : 0),
        ],
        input =>
        [
            new("weights", ArrayElement.Float32, input.InputLength, input.Horizon),
            new("bias", ArrayElement.Float32, input.Horizon),
        ],
        (input, results) => new ForecastModel(input.InputLength, input.Horizon, input.IsLastSubtracted, results[0].ToFloat32(), results[1].ToFloat32()));
}
