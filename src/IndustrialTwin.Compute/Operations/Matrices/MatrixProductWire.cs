namespace IndustrialTwin.Operations.Matrices;

/// <summary>
/// In: <c>a</c> float32 [rows × inner], or [inner × rows] where <c>is-a-transposed</c>; <c>b</c> float32 [inner × columns], or [columns × inner] where
/// <c>is-b-transposed</c>; <c>c</c> float32 [rows × columns], or [0 × 0] where beta is 0; both flags int64, 0 or 1; <c>alpha</c>, <c>beta</c> float64.
/// Out: <c>product</c> float32 [rows × columns].
/// </summary>
internal static class MatrixProductWire
{
    public static OperationWire<MatrixProductInput, float[]> Instance { get; } = new RecordWire<MatrixProductInput, float[]>(
        [
            WireField<MatrixProductInput>.Float32("a", input => input.A, input => input.IsATransposed ? [input.Inner, input.Rows] : [input.Rows, input.Inner]),
            WireField<MatrixProductInput>.Float32("b", input => input.B, input => input.IsBTransposed ? [input.Columns, input.Inner] : [input.Inner, input.Columns]),
            WireField<MatrixProductInput>.Float32("c", input => input.Beta == 0 ? default : input.C, input => input.Beta == 0 ? [0, 0] : [input.Rows, input.Columns]),
            WireField<MatrixProductInput>.Int64("is-a-transposed", input => input.IsATransposed ? 1 : 0),
            WireField<MatrixProductInput>.Int64("is-b-transposed", input => input.IsBTransposed ? 1 : 0),
            WireField<MatrixProductInput>.Float64("alpha", input => input.Alpha),
            WireField<MatrixProductInput>.Float64("beta", input => input.Beta),
        ],
        input => [new("product", ArrayElement.Float32, input.Rows, input.Columns)],
        (_, results) => results[0].ToFloat32());
}
