namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for alpha · op(A) · op(B) + beta · C in single precision, all matrices row by row; op is the matrix or its transpose. The answer has
/// rows × columns values, row by row, in the caller's unit. No matrix may have more than 67,108,864 elements.
/// </summary>
/// <param name="A">op(A) is <paramref name="Rows"/> × <paramref name="Inner"/>; A itself is its transpose where the flag says so. All finite.</param>
/// <param name="B">op(B) is <paramref name="Inner"/> × <paramref name="Columns"/>; B itself is its transpose where the flag says so. All finite.</param>
/// <param name="Rows">Rows of the result, 1 to 16,384.</param>
/// <param name="Inner">Terms of each sum, 1 to 16,384.</param>
/// <param name="Columns">Columns of the result, 1 to 16,384.</param>
/// <param name="IsATransposed">Whether A is stored <paramref name="Inner"/> × <paramref name="Rows"/>.</param>
/// <param name="IsBTransposed">Whether B is stored <paramref name="Columns"/> × <paramref name="Inner"/>.</param>
/// <param name="Alpha">Factor of the product.</param>
/// <param name="Beta">Factor of C; where it is 0, C is not read.</param>
/// <param name="C"><paramref name="Rows"/> × <paramref name="Columns"/>, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.matrix-product-request")]
public sealed record MatrixProductRequest(
    [property: Id(0)] float[] A,
    [property: Id(1)] float[] B,
    [property: Id(2)] int Rows,
    [property: Id(3)] int Inner,
    [property: Id(4)] int Columns,
    [property: Id(5)] bool IsATransposed = false,
    [property: Id(6)] bool IsBTransposed = false,
    [property: Id(7)] float Alpha = 1,
    [property: Id(8)] float Beta = 0,
    [property: Id(9)] float[]? C = null) : ComputeRequest;
