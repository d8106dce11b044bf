namespace IndustrialTwin.Operations.Forecasts;

/// <summary>
/// In: <c>samples</c> float32 [windows × input length], <c>weights</c> float32 [input length × horizon], <c>bias</c> float32 [horizon],
/// <c>is-last-subtracted</c> int64, 0 or 1. Out: <c>forecasts</c> float32 [windows × horizon].
/// </summary>
internal static class ForecastWire
{
    public static OperationWire<ForecastInput, float[]> Instance { get; } = new RecordWire<ForecastInput, float[]>(
        [
            WireField<ForecastInput>.Windows("samples", input => input.Windows),
            WireField<ForecastInput>.Float32("weights", input => input.Model.Weights, input => [input.Model.InputLength, input.Model.Horizon]),
            WireField<ForecastInput>.Float32("bias", input => input.Model.Bias, input => [input.Model.Horizon]),
            WireField<ForecastInput>.Int64("is-last-subtracted", input => input.Model.IsLastSubtracted ? 1 : 0),
        ],
        input => [new("forecasts", ArrayElement.Float32, input.Windows.Count, input.Model.Horizon)],
        (_, results) => results[0].ToFloat32());
}
