using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Matrices;

/// <summary>Packed panels and register tiles, or three plain loops.</summary>
internal sealed unsafe class MatrixProductNative(NativeCode code) : OperationForm<MatrixProductInput, float[]>
{
    private readonly PackedProduct? _packed = code == NativeCode.Simd && Vector256.IsHardwareAccelerated ? new() : null;

    public override void Launch(ReadOnlySpan<MatrixProductInput> inputs, Span<float[]> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var isNew = input.Beta == 0;
            var length = input.Rows * input.Columns;
            var result = _packed is not null && isNew ? GC.AllocateUninitializedArray<float>(length) : new float[length];
            if (!isNew)
            {
                var c = input.C.Span;
                for (var i = 0; i < result.Length; i++)
                    result[i] = input.Beta * c[i];
            }

            fixed (float* a = input.A.Span, b = input.B.Span, to = result)
            {
                var left = MatrixView.Of(a, input.Rows, input.Inner, input.IsATransposed);
                var right = MatrixView.Of(b, input.Inner, input.Columns, input.IsBTransposed);
                if (_packed is not null)
                    _packed.Run(to, isNew, left, right, input.Rows, input.Inner, input.Columns, input.Alpha);
                else
                    PlainProduct.AddTo(to, left, right, input.Rows, input.Inner, input.Columns, input.Alpha);
            }

            results[job] = result;
        }
    }
}
