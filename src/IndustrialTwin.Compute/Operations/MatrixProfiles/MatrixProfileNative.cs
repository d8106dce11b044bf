namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>One series after the other along its diagonals; a step of a long job walks a few of them.</summary>
internal sealed class MatrixProfileNative(NativeCode code) : SlicedForm<MatrixProfileInput, MatrixProfileResult[]>
{
    /// <summary>Cells of one step: about a third of a millisecond with vector code.</summary>
    private const long StepCells = 1 << 19;

    private readonly bool _isSimd = code == NativeCode.Simd;
    private ProfileWalk? _walk;

    public override void Launch(ReadOnlySpan<MatrixProfileInput> inputs, Span<MatrixProfileResult[]> results)
    {
        _walk ??= new ProfileWalk(_isSimd);
        for (var job = 0; job < inputs.Length; job++)
        {
            using var run = new Run(inputs[job], _walk);
            while (!run.Step())
            {
                // The caller asked for all of it.
            }

            results[job] = run.Result;
        }
    }

    public override SlicedRun<MatrixProfileResult[]> Begin(MatrixProfileInput input) => new Run(input, new ProfileWalk(_isSimd));

    private sealed class Run : SlicedRun<MatrixProfileResult[]>
    {
        private readonly MatrixProfileInput _input;
        private readonly ProfileWalk _walk;
        private int _series;

        public Run(MatrixProfileInput input, ProfileWalk walk)
        {
            (_input, _walk) = (input, walk);
            Result = new MatrixProfileResult[input.Series.Count];
            walk.Start(input.Series.Window(0), input.Width);
        }

        public override MatrixProfileResult[] Result { get; }

        public override bool Step()
        {
            if (!_walk.Advance(StepCells))
                return false;
            Result[_series++] = _walk.Result;
            if (_series == Result.Length)
                return true;
            _walk.Start(_input.Series.Window(_series), _input.Width);
            return false;
        }
    }
}
