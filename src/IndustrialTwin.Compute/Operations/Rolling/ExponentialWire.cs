namespace IndustrialTwin.Operations.Rolling;

/// <summary>
/// In: <c>samples</c> float32 [series × length], <c>smoothing</c> float64, <c>start</c> float64 [series], the mean before the first sample. Out:
/// <c>mean</c> and <c>variance</c> float64 [series × length]. A chart's limits are not the device's matter.
/// </summary>
internal static class ExponentialWire
{
    public static OperationWire<ExponentialInput, ExponentialResult> Instance { get; } = new RecordWire<ExponentialInput, ExponentialResult>(
        [
            WireField<ExponentialInput>.Windows("samples", input => input.Series),
            WireField<ExponentialInput>.Float64("smoothing", input => input.Smoothing),
            WireField<ExponentialInput>.Float64("start", Starts, input => [input.Series.Count]),
        ],
        input =>
        [
            new("mean", ArrayElement.Float64, input.Series.Count, input.Series.Length),
            new("variance", ArrayElement.Float64, input.Series.Count, input.Series.Length),
        ],
        (input, results) => ExponentialStatistics.Finish(input, results[0].ToFloat64(), results[1].ToFloat64()));

    private static double[] Starts(ExponentialInput input)
    {
        var starts = new double[input.Series.Count];
        for (var i = 0; i < starts.Length; i++)
            starts[i] = ExponentialStatistics.Start(input, input.Series.Window(i));
        return starts;
    }
}
