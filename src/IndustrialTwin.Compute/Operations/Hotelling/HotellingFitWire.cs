namespace IndustrialTwin.Operations.Hotelling;

/// <summary>
/// In: <c>rows</c> float64 [rows × channels], <c>confidence</c> float64. Out: <c>mean</c> and <c>scale</c> float64 [channels],
/// <c>inverse-covariance</c> float64 [channels × channels], <c>rank</c> int64, <c>upper-control-limit</c> float64.
/// </summary>
internal sealed class HotellingFitWire : OperationWire<HotellingFitInput, HotellingModel>
{
    public static HotellingFitWire Instance { get; } = new();

    public override NamedArray[] Write(HotellingFitInput input) =>
    [
        NamedArray.Of("rows", input.Rows.Values.Span, input.Rows.Rows, input.Rows.Channels),
        NamedArray.Of("confidence", input.Confidence),
    ];

    public override ArraySpec[] ResultsOf(HotellingFitInput input) =>
    [
        new("mean", ArrayElement.Float64, input.Rows.Channels),
        new("scale", ArrayElement.Float64, input.Rows.Channels),
        new("inverse-covariance", ArrayElement.Float64, input.Rows.Channels, input.Rows.Channels),
        new("rank", ArrayElement.Int64),
        new("upper-control-limit", ArrayElement.Float64),
    ];

    protected override long InputBytesOf(HotellingFitInput input) => (8L * input.Rows.Values.Length) + 8;

    protected override HotellingModel ReadChecked(HotellingFitInput input, IReadOnlyList<NamedArray> results)
    {
        var (scale, rank) = (results[1].ToFloat64(), results[3].ToInt64()[0]);
        if (rank < 0 || rank > input.Rows.Channels)
            throw new InvalidDataException($"rank is {rank}; expected 0..{input.Rows.Channels}, the channels.");
        var bad = Array.FindIndex(scale, value => value <= 0);
        if (bad >= 0)
            throw new InvalidDataException($"scale[{bad}] is {scale[bad]}; expected above 0.");
        return new HotellingModel(
            results[0].ToFloat64(), scale, results[2].ToFloat64(), input.Rows.Rows, (int)rank, results[4].ToFloat64()[0]);
    }
}
