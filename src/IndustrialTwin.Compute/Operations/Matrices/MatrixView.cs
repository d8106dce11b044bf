namespace IndustrialTwin.Operations.Matrices;

/// <summary>A matrix in memory that somebody else holds; a transpose is the same memory with the steps exchanged.</summary>
/// <param name="Start">Its first element.</param>
/// <param name="RowStep">Elements from a row to the next.</param>
/// <param name="ColumnStep">Elements from a column to the next.</param>
internal readonly unsafe record struct MatrixView(nint Start, int RowStep, int ColumnStep)
{
    public static MatrixView Of(float* start, int rows, int columns, bool isTransposed) =>
        isTransposed ? new((nint)start, 1, rows) : new((nint)start, columns, 1);

    public float* At(int row, int column) => (float*)Start + ((long)row * RowStep) + ((long)column * ColumnStep);
}
