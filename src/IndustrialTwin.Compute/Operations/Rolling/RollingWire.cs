namespace IndustrialTwin.Operations.Rolling;

/// <summary>
/// In: <c>samples</c> float32 [series × length], <c>width</c> int64. Out, with positions = length - width + 1: <c>mean</c> and <c>variance</c>
/// float64 [series × positions], <c>min</c> and <c>max</c> float32 [series × positions].
/// </summary>
internal static class RollingWire
{
    public static OperationWire<RollingInput, RollingResult> Instance { get; } = new RecordWire<RollingInput, RollingResult>(
        [
            WireField<RollingInput>.Windows("samples", input => input.Series),
            WireField<RollingInput>.Int64("width", input => input.Width),
        ],
        input =>
        [
            new("mean", ArrayElement.Float64, input.Series.Count, Positions(input)),
            new("variance", ArrayElement.Float64, input.Series.Count, Positions(input)),
            new("min", ArrayElement.Float32, input.Series.Count, Positions(input)),
            new("max", ArrayElement.Float32, input.Series.Count, Positions(input)),
        ],
        (input, results) => new RollingResult(
            Positions(input), results[0].ToFloat64(), results[1].ToFloat64(), results[2].ToFloat32(), results[3].ToFloat32()));

    private static int Positions(RollingInput input) => input.Series.Length - input.Width + 1;
}
