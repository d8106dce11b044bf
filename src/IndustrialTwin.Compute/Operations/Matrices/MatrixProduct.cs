using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Matrices;

/// <summary>
/// Single-precision general matrix product (GEMM, as BLAS level 3 defines it: Dongarra, Du Croz, Hammarling and Duff 1990):
/// alpha · op(A) · op(B) + beta · C, row-major; op is the matrix or its transpose. Units are the caller's. All forms multiply and sum in
/// float32; against the float64 sum the error of a result grows as the square root of the inner extent, about 5e-7 relative at 512.
/// </summary>
public sealed class MatrixProduct : Operation<MatrixProductInput, float[]>
{
    /// <summary>Rows, columns and inner extent at most.</summary>
    public const int ExtentMax = 16_384;

    /// <summary>Elements of one matrix at most.</summary>
    public const int ElementsMax = 1 << 26;

    /// <summary>Multiplications that take about a millisecond.</summary>
    private const long LongProducts = 1 << 25;

    private MatrixProduct()
    {
    }

    /// <summary>The operation.</summary>
    public static MatrixProduct Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "matrix-product";

    /// <inheritdoc/>
    public override bool IsSliced => true;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => MatrixProductIlgpu.Entries;

    /// <inheritdoc/>
    public override OperationWire<MatrixProductInput, float[]> Wire => MatrixProductWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(MatrixProductInput input)
    {
        Extent(nameof(input.Rows), input.Rows);
        Extent(nameof(input.Inner), input.Inner);
        Extent(nameof(input.Columns), input.Columns);
        Matrix(nameof(input.A), input.A, input.Rows, input.Inner);
        Matrix(nameof(input.B), input.B, input.Inner, input.Columns);
        if (!float.IsFinite(input.Alpha) || !float.IsFinite(input.Beta))
            throw new ArgumentException($"{Name}: Alpha is {input.Alpha}, Beta is {input.Beta}; expected finite numbers.");
        // As in BLAS, C is not read where beta is 0.
        if (input.Beta != 0)
            Matrix(nameof(input.C), input.C, input.Rows, input.Columns);
    }

    /// <inheritdoc/>
    public override bool IsLong(MatrixProductInput input) => (long)input.Rows * input.Inner * input.Columns > LongProducts;

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(MatrixProductInput input) =>
        new(input.Rows, input.Inner, (input.Columns, input.IsATransposed, input.IsBTransposed));

    /// <inheritdoc/>
    public override int WindowsOf(MatrixProductInput input) => input.Rows;

    /// <inheritdoc/>
    public override float[] Reference(MatrixProductInput input)
    {
        var a = input.A.Span;
        var b = input.B.Span;
        var c = input.C.Span;
        var result = new float[input.Rows * input.Columns];
        for (var i = 0; i < input.Rows; i++)
        {
            for (var j = 0; j < input.Columns; j++)
            {
                var sum = 0.0;
                for (var p = 0; p < input.Inner; p++)
                {
                    double x = a[input.IsATransposed ? (p * input.Rows) + i : (i * input.Inner) + p];
                    double y = b[input.IsBTransposed ? (j * input.Inner) + p : (p * input.Columns) + j];
                    sum += x * y;
                }

                var at = (i * input.Columns) + j;
                result[at] = (float)((input.Alpha * sum) + (input.Beta == 0 ? 0 : (double)input.Beta * c[at]));
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override OperationForm<MatrixProductInput, float[]> CreateNativeForm(NativeCode code) => new MatrixProductNative(code);

    /// <inheritdoc/>
    public override OperationForm<MatrixProductInput, float[]> CreateIlgpuForm(Accelerator accelerator) =>
        new MatrixProductIlgpu(accelerator);

    private void Extent(string field, int value)
    {
        if (value is < 1 or > ExtentMax)
            throw new ArgumentException($"{Name}: {field} is {value}; expected 1..{ExtentMax}.");
    }

    private void Matrix(string field, ReadOnlyMemory<float> values, int rows, int columns)
    {
        if (values.Length != (long)rows * columns || values.Length > ElementsMax)
        {
            throw new ArgumentException(
                $"{Name}: {field} holds {values.Length}; expected {rows} × {columns} = {(long)rows * columns}, at most {ElementsMax}.");
        }

        var bad = Finite.IndexOfNonFinite(values.Span);
        if (bad >= 0)
            throw new ArgumentException($"{Name}: {field}[{bad}] is {values.Span[bad]}; expected a finite number.");
    }
}
