namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>
/// In: <c>rows</c> float32 [rows × channels], <c>hidden</c> and <c>code</c> int64, <c>parameters</c> float32 [parameters]. Out: <c>scores</c> float32
/// [rows].
/// </summary>
internal static class AutoencoderScoreWire
{
    public static OperationWire<AutoencoderScoreInput, float[]> Instance { get; } = new RecordWire<AutoencoderScoreInput, float[]>(
        [
            WireField<AutoencoderScoreInput>.Windows("rows", input => input.Rows),
            WireField<AutoencoderScoreInput>.Int64("hidden", input => input.Model.Shape.Hidden),
            WireField<AutoencoderScoreInput>.Int64("code", input => input.Model.Shape.Code),
            WireField<AutoencoderScoreInput>.Float32("parameters", input => input.Model.Parameters, input => [input.Model.Parameters.Length]),
        ],
        input => [new("scores", ArrayElement.Float32, input.Rows.Count)],
        (_, results) => results[0].ToFloat32());
}
