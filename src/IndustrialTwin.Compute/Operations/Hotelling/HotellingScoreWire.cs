namespace IndustrialTwin.Operations.Hotelling;

/// <summary>
/// In: <c>rows</c> float64 [rows × channels], <c>mean</c> and <c>scale</c> float64 [channels], <c>inverse-covariance</c> float64
/// [channels × channels]. Out: <c>scores</c> float64 [rows].
/// </summary>
internal sealed class HotellingScoreWire : OperationWire<HotellingScoreInput, double[]>
{
    public static HotellingScoreWire Instance { get; } = new();

    public override NamedArray[] Write(HotellingScoreInput input)
    {
        var channels = input.Rows.Channels;
        return
        [
            NamedArray.Of("rows", input.Rows.Values.Span, input.Rows.Rows, channels),
            NamedArray.Of("mean", input.Model.Mean, channels),
            NamedArray.Of("scale", input.Model.Scale, channels),
            NamedArray.Of("inverse-covariance", input.Model.InverseCovariance, channels, channels),
        ];
    }

    public override ArraySpec[] ResultsOf(HotellingScoreInput input) => [new("scores", ArrayElement.Float64, input.Rows.Rows)];

    protected override long InputBytesOf(HotellingScoreInput input) => 8L * (input.Rows.Values.Length + (input.Rows.Channels * (input.Rows.Channels + 2)));

    protected override double[] ReadChecked(HotellingScoreInput input, IReadOnlyList<NamedArray> results) => results[0].ToFloat64();
}
