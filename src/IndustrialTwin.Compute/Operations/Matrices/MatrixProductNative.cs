using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Matrices;

/// <summary>Packed panels and register tiles, or three plain loops; a step of a long job is a block of rows.</summary>
internal sealed unsafe class MatrixProductNative(NativeCode code) : SlicedForm<MatrixProductInput, float[]>
{
    private readonly bool _isPacked = code == NativeCode.Simd && Vector256.IsHardwareAccelerated;
    private PackedProduct? _packed;

    public override void Launch(ReadOnlySpan<MatrixProductInput> inputs, Span<float[]> results)
    {
        if (_isPacked)
            _packed ??= new();
        for (var job = 0; job < inputs.Length; job++)
        {
            using var run = new Run(inputs[job], _packed, int.MaxValue);
            while (!run.Step())
            {
                // The caller asked for all of it.
            }

            results[job] = run.Result;
        }
    }

    public override SlicedRun<float[]> Begin(MatrixProductInput input)
    {
        var packed = _isPacked ? new PackedProduct() : null;
        return new Run(input, packed, packed?.StepRows ?? 1);
    }

    private sealed class Run : SlicedRun<float[]>
    {
        private readonly MatrixProductInput _input;
        private readonly PackedProduct? _packed;
        private readonly int _rowsMax;
        private readonly bool _isNew;
        private PackedProduct.Place _place;
        private int _scaled;

        public Run(in MatrixProductInput input, PackedProduct? packed, int rowsMax)
        {
            (_input, _packed, _rowsMax) = (input, packed, rowsMax);
            _isNew = packed is not null && input.Beta == 0;
            var length = input.Rows * input.Columns;
            Result = _isNew ? GC.AllocateUninitializedArray<float>(length) : new float[length];
        }

        public override float[] Result { get; }

        public override bool Step()
        {
            var input = _input;
            Scale(Math.Min(input.Rows, _place.Row + (long)_rowsMax));
            fixed (float* a = input.A.Span, b = input.B.Span, to = Result)
            {
                var left = MatrixView.Of(a, input.Rows, input.Inner, input.IsATransposed);
                var right = MatrixView.Of(b, input.Inner, input.Columns, input.IsBTransposed);
                if (_packed is not null)
                    return _packed.Step(to, _isNew, left, right, input.Rows, input.Inner, input.Columns, input.Alpha, _rowsMax, ref _place);
                var rows = Math.Min(_rowsMax, input.Rows - _place.Row);
                PlainProduct.AddTo(
                    to + ((long)_place.Row * input.Columns),
                    left with { Start = (nint)left.At(_place.Row, 0) },
                    right,
                    rows,
                    input.Inner,
                    input.Columns,
                    input.Alpha);
                return (_place.Row += rows) == input.Rows;
            }
        }

        /// <summary>Puts beta · C where a row is met first.</summary>
        private void Scale(long end)
        {
            if (_input.Beta == 0)
                return;
            var c = _input.C.Span;
            for (; _scaled < end * _input.Columns; _scaled++)
                Result[_scaled] = _input.Beta * c[_scaled];
        }
    }
}
