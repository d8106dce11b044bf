namespace IndustrialTwin.Operations.Matrices;

/// <summary>alpha · op(A) · op(B) + beta · C; all matrices row-major.</summary>
/// <param name="A">op(A) is <paramref name="Rows"/> × <paramref name="Inner"/>; A itself is its transpose where the flag says so.</param>
/// <param name="B">op(B) is <paramref name="Inner"/> × <paramref name="Columns"/>; B itself is its transpose where the flag says so.</param>
/// <param name="Rows">Rows of the result, 1..<see cref="MatrixProduct.ExtentMax"/>.</param>
/// <param name="Inner">Terms of each sum, 1..<see cref="MatrixProduct.ExtentMax"/>.</param>
/// <param name="Columns">Columns of the result, 1..<see cref="MatrixProduct.ExtentMax"/>.</param>
/// <param name="IsATransposed">A is stored <paramref name="Inner"/> × <paramref name="Rows"/>.</param>
/// <param name="IsBTransposed">B is stored <paramref name="Columns"/> × <paramref name="Inner"/>.</param>
/// <param name="Alpha">Factor of the product.</param>
/// <param name="Beta">Factor of C; where it is 0, C is not read.</param>
/// <param name="C"><paramref name="Rows"/> × <paramref name="Columns"/>, or empty.</param>
public readonly record struct MatrixProductInput(
    ReadOnlyMemory<float> A,
    ReadOnlyMemory<float> B,
    int Rows,
    int Inner,
    int Columns,
    bool IsATransposed = false,
    bool IsBTransposed = false,
    float Alpha = 1,
    float Beta = 0,
    ReadOnlyMemory<float> C = default);
