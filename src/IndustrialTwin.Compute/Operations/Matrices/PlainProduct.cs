namespace IndustrialTwin.Operations.Matrices;

/// <summary>The matrix product in three plain loops.</summary>
internal static unsafe class PlainProduct
{
    /// <summary>Adds alpha · A · B to C, which is row-major without gaps between rows.</summary>
    public static void AddTo(float* c, MatrixView a, MatrixView b, int rows, int inner, int columns, float alpha)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var p = 0; p < inner; p++)
            {
                var factor = alpha * *a.At(i, p);
                var row = b.At(p, 0);
                for (var j = 0; j < columns; j++)
                    c[((long)i * columns) + j] += factor * row[(long)j * b.ColumnStep];
            }
        }
    }
}
